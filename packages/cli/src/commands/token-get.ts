import { tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { toSheet } from '../output/table.ts';
import { connectAs, describe, type Kit } from './kit.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';
import { tokenSheet } from './token-words.ts';

export const describeTokenGet = (group: Command, kit: Kit): void => {
  describe(group, 'get <id>', kit, {
    help: 'help.token.get',
    examples: ['latchkey token get 3fK0aZ81bQ7rTx2m', 'latchkey token get self --output yaml'],
  }).action(async (id: string) => {
    const work = await kit.begin();
    const { api, tokenId: own } = await connectAs(work);
    const tokenId = parseTokenIdArgument(id, own);
    const token = await answerOf(tokensContract.get.output, api.tokens.get.query({ tokenId }));
    await work.desk.data(token, (style) => toSheet(tokenSheet(token, work.say), style));
  });
};
