import { tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { toSheet } from '../output/table.ts';
import { parseExpiry } from './duration.ts';
import { connectAs, describe, type Kit } from './kit.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';
import { tokenSheet } from './token-words.ts';

/** How long a token and its older secret live. */
export const describeTokenLife = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'extend <id> <when>', kit, {
    help: 'help.token.extend',
    examples: [
      'latchkey token extend 3fK0aZ81bQ7rTx2m 90d',
      'latchkey token extend 3fK0aZ81bQ7rTx2m 2027-01-31T09:00:00+09:00',
      'latchkey token extend 3fK0aZ81bQ7rTx2m never',
    ],
  }).action(async (id: string, when: string) => {
    const work = await kit.begin();
    const expiresAt = when === 'never' ? null : parseExpiry(when, Date.now());
    const { api, tokenId: own } = await connectAs(work);
    const input = { tokenId: parseTokenIdArgument(id, own), expiresAt };
    const token = await answerOf(tokensContract.extend.output, api.tokens.extend.mutate(input));
    await work.desk.data(token, (style) => toSheet(tokenSheet(token, say), style));
  });

  describe(group, 'cut <id>', kit, {
    help: 'help.token.cut',
    examples: ["latchkey token cut 3fK0aZ81bQ7rTx2m --reason 'every host has the new one'"],
  })
    .option('--reason <text>', say('help.reason'))
    .action(async (id: string, { reason }: { readonly reason?: string }) => {
      const work = await kit.begin();
      const { api, tokenId: own } = await connectAs(work);
      const tokenId = parseTokenIdArgument(id, own);
      const input = { tokenId, ...(reason === undefined ? {} : { reason }) };
      const { token } = await answerOf(tokensContract.cutGracePeriod.output, api.tokens.cutGracePeriod.mutate(input));
      await work.desk.data(token, (style) => toSheet(tokenSheet(token, say), style));
      await work.desk.notice(say('graceCut'));
    });
};
