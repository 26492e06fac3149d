import type { Verdict } from '@latchkey/client';
import type { Command } from 'commander';
import { connectVerifier } from '../api/connect.ts';
import { EXIT } from '../exit.ts';
import type { Say } from '../language/say.ts';
import { toSheet } from '../output/table.ts';
import { readSecret } from '../secret/read-secret.ts';
import { describe, type Kit, type Work } from './kit.ts';
import { showKind } from './token-words.ts';

interface VerifyOptions {
  readonly file?: string;
  readonly address?: string;
  readonly client?: string;
}

export const describeVerify = (program: Command, kit: Kit): void => {
  const { say } = kit;
  describe(program, 'verify', kit, {
    help: 'help.verify',
    examples: ['latchkey verify < token.txt', 'latchkey verify --file token.txt --address 192.0.2.7 && echo accepted'],
  })
    .option('--file <file>', say('help.verify.file'))
    .option('--address <address>', say('help.verify.address'))
    .option('--client <text>', say('help.verify.client'))
    .action(async (options: VerifyOptions) => verify(await kit.begin(), options));
};

const verify = async (work: Work, { file, address, client }: VerifyOptions): Promise<void> => {
  const { world, settings, desk, say } = work;
  const ask = await connectVerifier(world, settings);
  // Whatever was given is put to the verifier as it is: that it is no token is the verifier's to say.
  const presentedToken = await readSecret(world, desk, { file, prompt: say('prompt.presented') });
  const verdict = await ask(presentedToken, { address, client });
  const shown = verdict.accepted ? { accepted: true, token: verdict.token } : verdict;
  await desk.data(shown, (style) => toSheet(sheetOf(verdict, say), style));
  if (!verdict.accepted) work.exitWith(EXIT.denied);
};

const sheetOf = (verdict: Verdict, say: Say): (readonly [string, string])[] => {
  if (!verdict.accepted) {
    const reason = verdict.status === 403 ? say(`rejected.${verdict.reason}`) : say('rejected.unauthorized');
    return [[say('column.verdict'), say('refused', { status: verdict.status, reason })]];
  }
  const { token } = verdict;
  return [
    [say('column.verdict'), say('accepted')],
    [say('column.id'), token.tokenId],
    [say('column.name'), token.name],
    [say('column.kind'), showKind(token.kind, say)],
    [say('column.organization'), token.organizationId],
    ...(token.ownerId === null ? [] : [[say('column.owner'), token.ownerId] as const]),
    ...(token.project === null ? [] : [[say('column.project'), token.project] as const]),
  ];
};
