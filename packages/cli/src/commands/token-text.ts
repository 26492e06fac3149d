import { type TokenView, tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { Connection } from '../api/connect.ts';
import { toSheet } from '../output/table.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';
import { tokenSheet } from './token-words.ts';

/** What people write on a token: its name and its description. */
export const describeTokenTexts = (group: Command, kit: Kit): void => {
  describe(group, 'rename <id> <name>', kit, {
    help: 'help.token.rename',
    examples: ["latchkey token rename 3fK0aZ81bQ7rTx2m 'deploy, staging'"],
  }).action(async (id: string, name: string) =>
    change(await kit.begin(), id, (api, tokenId) =>
      answerOf(tokensContract.rename.output, api.tokens.rename.mutate({ tokenId, name })),
    ),
  );

  describe(group, 'describe <id> <text>', kit, {
    help: 'help.token.describe',
    examples: [
      "latchkey token describe 3fK0aZ81bQ7rTx2m 'Toggles the flags of the shop; ask the platform team.'",
      "latchkey token describe 3fK0aZ81bQ7rTx2m ''",
    ],
  }).action(async (id: string, text: string) =>
    change(await kit.begin(), id, (api, tokenId) =>
      answerOf(tokensContract.describe.output, api.tokens.describe.mutate({ tokenId, description: text || null })),
    ),
  );
};

const change = async (
  work: Work,
  id: string,
  call: (api: Connection['api'], tokenId: string) => Promise<TokenView>,
): Promise<void> => {
  const { api, tokenId: own } = await connectAs(work);
  const token = await call(api, parseTokenIdArgument(id, own));
  await work.desk.data(token, (style) => toSheet(tokenSheet(token, work.say), style));
};
