import { type TokenView, tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { Connection } from '../api/connect.ts';
import { toSheet } from '../output/table.ts';
import { confirm } from './confirm.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';
import { showLastUse, tokenSheet } from './token-words.ts';

interface StateOptions {
  readonly reason?: string;
  readonly yes?: true;
}

type Target = { readonly tokenId: string; readonly reason?: string };

/** Where a token shall be: active, inactive or revoked. Saying it twice is one effect. */
export const describeTokenStates = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'activate <id>', kit, {
    help: 'help.token.activate',
    examples: ['latchkey token activate 3fK0aZ81bQ7rTx2m'],
  })
    .option('--reason <text>', say('help.reason'))
    .action(async (id: string, options: StateOptions) => {
      const { work, api, target } = await aim(kit, id, options);
      await show(work, await answerOf(tokensContract.activate.output, api.tokens.activate.mutate(target)));
    });

  describe(group, 'deactivate <id>', kit, {
    help: 'help.token.deactivate',
    examples: ["latchkey token deactivate 3fK0aZ81bQ7rTx2m --reason 'seen in a public log'"],
  })
    .option('--reason <text>', say('help.reason'))
    .action(async (id: string, options: StateOptions) => {
      const { work, api, target } = await aim(kit, id, options);
      const { token } = await answerOf(tokensContract.deactivate.output, api.tokens.deactivate.mutate(target));
      await show(work, token);
      await work.desk.notice(say('stopped'));
    });

  describe(group, 'revoke <id>', kit, {
    help: 'help.token.revoke',
    examples: [
      'latchkey token revoke 3fK0aZ81bQ7rTx2m',
      "latchkey token revoke 3fK0aZ81bQ7rTx2m --yes --reason 'no longer needed'",
    ],
  })
    .option('--reason <text>', say('help.reason'))
    .option('--yes', say('help.yes'))
    .action(async (id: string, options: StateOptions) => {
      const { work, api, target } = await aim(kit, id, options);
      await confirm(work, options.yes ?? false, async () => {
        const token = await answerOf(tokensContract.get.output, api.tokens.get.query({ tokenId: target.tokenId }));
        return say('confirm.revoke', { name: token.name, lastUse: showLastUse(token.lastUsedAt, say) });
      });
      const { token } = await answerOf(tokensContract.revoke.output, api.tokens.revoke.mutate(target));
      await show(work, token);
      await work.desk.notice(say('stopped'));
    });
};

const aim = async (
  kit: Kit,
  id: string,
  { reason }: StateOptions,
): Promise<{ readonly work: Work; readonly api: Connection['api']; readonly target: Target }> => {
  const work = await kit.begin();
  const { api, tokenId: own } = await connectAs(work);
  const tokenId = parseTokenIdArgument(id, own);
  return { work, api, target: { tokenId, ...(reason === undefined ? {} : { reason }) } };
};

const show = (work: Work, token: TokenView): Promise<boolean> =>
  work.desk.data(token, (style) => toSheet(tokenSheet(token, work.say), style));
