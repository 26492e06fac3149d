import { type Output, tokensContract } from '@latchkey/contract';
import { tokenIdOf } from '@latchkey/core/token';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { fail } from '../failure/cli-failure.ts';
import type { Say } from '../language/say.ts';
import { toSheet } from '../output/table.ts';
import { readSecret } from '../secret/read-secret.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { showKind, showLastUse, showStatus } from './token-words.ts';

type Located = Output<'tokens', 'locate'>;

interface LocateOptions {
  readonly file?: string;
}

export const describeTokenLocate = (group: Command, kit: Kit): void => {
  describe(group, 'locate', kit, {
    help: 'help.token.locate',
    examples: ['latchkey token locate < found.txt', 'latchkey token locate --file found.txt --output json'],
  })
    .option('--file <file>', kit.say('help.verify.file'))
    .action(async (options: LocateOptions) => locate(await kit.begin(), options));
};

/** SECRET-ONCE: of what was found only the public id leaves this machine. */
const locate = async (work: Work, { file }: LocateOptions): Promise<void> => {
  const { world, desk, say } = work;
  const { api } = await connectAs(work);
  const found = await readSecret(world, desk, { file, prompt: say('prompt.found') });
  const tokenId = tokenIdOf(found.trim());
  if (tokenId === null) throw fail('TOKEN_NOT_FOUND_IN_TEXT');
  const located = await answerOf(tokensContract.locate.output, api.tokens.locate.query({ tokenId }));
  await desk.data(located, (style) => toSheet(sheetOf(located, say), style));
  if (located.status === 'active' || located.status === 'pending') await desk.notice(say('locate.stopIt', { tokenId }));
};

const sheetOf = ({ owner, issuer, ...token }: Located, say: Say): (readonly [string, string])[] => [
  [say('column.id'), token.tokenId],
  [say('column.name'), token.name],
  [say('column.kind'), showKind(token.kind, say)],
  [say('column.status'), showStatus(token.status, say)],
  ...(owner === null ? [] : [[say('column.owner'), showWho(owner, say)] as const]),
  [say('column.issuer'), showWho(issuer, say)],
  [say('column.lastUsed'), showLastUse(token.lastUsedAt, say)],
];

const showWho = ({ id, name, removed }: NonNullable<Located['owner']>, say: Say): string =>
  removed ? say('removedIssuer', { name: name ?? id }) : (name ?? id);
