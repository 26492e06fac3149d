import type { Input } from '@latchkey/contract';
import type { Command } from 'commander';
import { fail } from '../failure/cli-failure.ts';
import type { DeliveryOptions } from '../secret/delivery.ts';
import { parseExpiry } from './duration.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { reveal, withDeliveryOptions } from './reveal.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';

interface CloneOptions extends DeliveryOptions {
  readonly description?: string;
  readonly expires?: string;
  readonly address?: readonly string[];
}

interface HandOverOptions extends CloneOptions {
  readonly until?: string;
}

/** New tokens made from others, each with a secret of its own. */
export const describeTokenClones = (group: Command, kit: Kit): void => {
  const { say } = kit;
  const clone = describe(group, 'clone <id> <name>', kit, {
    help: 'help.token.clone',
    examples: ['latchkey token clone 3fK0aZ81bQ7rTx2m staging --expires 90d --save .env --env FLAGS_TOKEN'],
  });
  withTerms(clone, kit).action(async (id: string, name: string, options: CloneOptions) => {
    const work = await kit.begin();
    const terms = termsOf(options);
    const { api, tokenId: own } = await connectAs(work);
    const input: Input<'tokens', 'clone'> = { tokenId: parseTokenIdArgument(id, own), name, ...terms };
    await handOut(work, options, () => api.tokens.clone.mutate(input));
  });

  const handOver = describe(group, 'hand-over <id> <name>', kit, {
    help: 'help.token.handOver',
    examples: [
      "latchkey token hand-over 3fK0aZ81bQ7rTx2m deploy --save-to 'gh secret set FLAGS_TOKEN'",
      'latchkey token hand-over 3fK0aZ81bQ7rTx2m deploy --until 7d --save .env --env FLAGS_TOKEN',
    ],
  }).option('--until <when>', say('help.until'));
  withTerms(handOver, kit).action(async (id: string, name: string, options: HandOverOptions) => {
    const work = await kit.begin();
    const terms = termsOf(options);
    const until = options.until === undefined ? {} : { until: parseExpiry(options.until, Date.now()) };
    const { api, tokenId: own } = await connectAs(work);
    const input: Input<'tokens', 'handOver'> = { tokenId: parseTokenIdArgument(id, own), name, ...terms, ...until };
    await handOut(work, options, () => api.tokens.handOver.mutate(input));
  });
};

const withTerms = (command: Command, { say }: Kit): Command =>
  withDeliveryOptions(
    command
      .option('--description <text>', say('help.description'))
      .option('--expires <when>', say('help.expires'))
      .option('--address <range...>', say('help.address')),
    say,
  );

const termsOf = ({ description, expires, address }: CloneOptions) => ({
  ...(description === undefined ? {} : { description }),
  ...(expires === undefined ? {} : { expiresAt: parseExpiry(expires, Date.now()) }),
  ...(address === undefined ? {} : { addressRanges: [...address] }),
});

const handOut = (work: Work, options: DeliveryOptions, send: () => Promise<unknown>): Promise<void> =>
  reveal(work, options, () => fail('ISSUE_UNCERTAIN'), send);
