import { selfContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { parseAddress } from '../api/address.ts';
import { answerOf } from '../api/answer.ts';
import { connectVerifierWith, connectWith } from '../api/connect.ts';
import { parseCredential } from '../api/credential.ts';
import { fail } from '../failure/cli-failure.ts';
import { writeProfile } from '../profile/profile-file.ts';
import { readSecret } from '../secret/read-secret.ts';
import { describe, type Kit, type Work } from './kit.ts';

interface LoginOptions {
  readonly file?: string;
}

export const describeLogin = (program: Command, kit: Kit): void => {
  describe(program, 'login', kit, {
    help: 'help.login',
    examples: [
      'latchkey login --url https://latchkey.example.com',
      'latchkey login --url https://latchkey.example.com --file token.txt',
      'pass show latchkey | latchkey login --url https://latchkey.example.com --profile ci',
    ],
  })
    .option('--file <file>', kit.say('help.login.file'))
    .action(async (options: LoginOptions) => login(await kit.begin(), options));
};

/** Takes a token or a verifier credential, asks the API whether it is good, and keeps it in the profile. */
const login = async (work: Work, { file }: LoginOptions): Promise<void> => {
  const { world, settings, desk, say } = work;
  const before = await settings.profile();
  const wanted = settings.flagUrl ?? before?.url;
  if (wanted === undefined) throw fail('URL_MISSING');
  const url = parseAddress(wanted, settings.allowHttp);
  const text = await readSecret(world, desk, { file, prompt: say('prompt.token') });
  const isVerifier = parseCredential(text).kind === 'system';
  const who = await (isVerifier ? whoVerifies : whoIs)(work, url, text);
  // What was kept for another address stays behind: no credential goes anywhere that it was not kept for.
  const same = before?.url.replace(/\/+$/, '') === url ? before : null;
  await writeProfile(settings.profilePath(), { ...same, url, [isVerifier ? 'verifierCredential' : 'token']: text });
  await desk.notice(say('loggedIn', { who, url, profile: settings.profileName }));
};

const whoIs = async ({ world, say }: Work, url: string, token: string): Promise<string> => {
  const who = await answerOf(selfContract.whoami.output, connectWith(world, url, token).self.whoami.query());
  const name = who.type === 'token' ? who.token.name : who.member.name;
  return say('nameOfOrganization', { name, organization: who.organization.name });
};

/** A verifier credential belongs to no organization: that it may verify is all there is to ask. */
const whoVerifies = async ({ world }: Work, url: string, credential: string): Promise<string> => {
  await connectVerifierWith(world, url, credential)('');
  return parseCredential(credential).tokenId;
};
