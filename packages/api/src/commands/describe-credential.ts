import type { Command } from 'commander';
import { type CommandWorld, print, subcommand, withDeps } from './command-world.ts';
import { issueOperatorCredential, issueVerifierCredential } from './issue-credential.ts';
import { revokeCredential } from './revoke-credential.ts';
import { prepareSecretFile } from './save-secret.ts';

interface CredentialOptions {
  readonly name: string;
  readonly organization?: readonly string[];
  readonly save?: string;
  readonly json?: boolean;
}

/** `latchkey-server credential verifier|operator|list|revoke` */
export const describeCredential = (program: Command, world: CommandWorld): void => {
  const group = program.command('credential').description("The installation's own credentials.");
  subcommand(group, 'verifier', 'Issues a verifier credential, for a sibling service; it is told once.')
    .requiredOption('--name <name>', 'what it is for')
    .option('--organization <id...>', 'limits it to these; all where it is left out')
    .option('--save <file>', 'write it to a file of mode 0600 instead of standard output')
    .option('--json', 'print one line of JSON')
    .action((options: CredentialOptions) => issue('verifier', options, world));
  subcommand(group, 'operator', 'Issues an operator credential, which may recall every token; it is told once.')
    .requiredOption('--name <name>', 'whose it is')
    .option('--save <file>', 'write it to a file of mode 0600 instead of standard output')
    .option('--json', 'print one line of JSON')
    .action((options: CredentialOptions) => issue('operator', options, world));
  subcommand(group, 'list', 'Lists the credentials, never a secret.')
    .option('--json', 'print one line of JSON')
    .action(({ json }: { readonly json?: boolean }) => list(json, world));
  subcommand(group, 'revoke <id>', 'Revokes a credential, for good.').action((id: string) =>
    withDeps(world, async (deps) => {
      await revokeCredential(deps, id);
      world.writeError(`Revoked ${id}.\n`);
    }),
  );
};

const issue = (role: 'verifier' | 'operator', options: CredentialOptions, world: CommandWorld): Promise<void> =>
  withDeps(world, async (deps) => {
    // Before it is minted: a credential that can't be saved would be in the database, and with nobody.
    const file = options.save === undefined ? null : await prepareSecretFile(options.save);
    const input = { name: options.name, organizationIds: options.organization ?? null };
    const { text, credential } = await (role === 'verifier'
      ? issueVerifierCredential(deps, input)
      : issueOperatorCredential(deps, input)
    ).catch(async (error) => {
      await file?.drop();
      throw error;
    });
    const { credentialId } = credential;
    if (file === null) {
      print(world, options.json, { credentialId, credential: text }, text);
      return;
    }
    await file.write(text);
    const savedTo = options.save;
    print(world, options.json, { credentialId, savedTo }, `Saved ${credentialId} to ${savedTo}.`);
  });

const list = (json: boolean | undefined, world: CommandWorld): Promise<void> =>
  withDeps(world, async ({ store }) => {
    const credentials = await store.credentials.list();
    const lines = credentials.map(({ credentialId, role, name, organizationIds, revokedAt, recalled }) => {
      const state = revokedAt !== null ? 'revoked' : recalled ? 'recalled' : 'active';
      return [credentialId, role, state, organizationIds?.join(',') ?? 'all', name].join('  ');
    });
    print(world, json, credentials, lines.length === 0 ? 'There is no credential yet.' : lines.join('\n'));
  });
