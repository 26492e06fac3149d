import { type Input, tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { allPages } from '../api/all-pages.ts';
import { answerOf } from '../api/answer.ts';
import { toTable } from '../output/table.ts';
import { choice, connectAs, describe, type Kit, type Work } from './kit.ts';
import { limitOption } from './limit-option.ts';
import { tokenColumns } from './token-words.ts';

type Filters = NonNullable<Input<'tokens', 'list'>>;

interface ListOptions extends Pick<Filters, 'kind' | 'status' | 'sort'> {
  readonly name?: string;
  readonly issuer?: string;
  readonly owner?: string;
  readonly ascending?: true;
  readonly limit?: number;
}

export const describeTokenList = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'list', kit, {
    help: 'help.token.list',
    examples: [
      'latchkey token list',
      'latchkey token list --status expired --kind service',
      "latchkey token list --sort lastUsedAt --ascending --output json | jq -r '.[].tokenId'",
    ],
  })
    .option('--name <text>', say('help.list.name'))
    .addOption(choice('--kind <kind>', say('help.list.kind'), ['personal', 'service']))
    .addOption(choice('--status <status>', say('help.list.status'), ['active', 'inactive', 'expired', 'revoked']))
    .option('--issuer <id>', say('help.list.issuer'))
    .option('--owner <id>', say('help.list.owner'))
    .addOption(choice('--sort <field>', say('help.list.sort'), ['createdAt', 'name', 'expiresAt', 'lastUsedAt']))
    .option('--ascending', say('help.list.ascending'))
    .addOption(limitOption(say))
    .action(async (options: ListOptions) => list(await kit.begin(), options));
};

const list = async (work: Work, options: ListOptions): Promise<void> => {
  const { name, kind, status, issuer, owner, sort, ascending, limit } = options;
  const filters: Filters = {
    ...(name === undefined ? {} : { nameContains: name }),
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(issuer === undefined ? {} : { issuerId: issuer }),
    ...(owner === undefined ? {} : { ownerId: owner }),
    ...(sort === undefined ? {} : { sort }),
    ...(ascending ? { direction: 'asc' } : {}),
  };
  const { api } = await connectAs(work);
  const tokens = await allPages(
    (page) => answerOf(tokensContract.list.output, api.tokens.list.query({ ...filters, ...page })),
    limit,
  );
  await work.desk.data(tokens, (style) => toTable(tokenColumns(work.say), tokens, style));
};
