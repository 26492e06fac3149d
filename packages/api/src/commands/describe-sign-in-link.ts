import { type Command, Option } from 'commander';
import { type CommandWorld, print, subcommand, withDeps } from './command-world.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { linkEveryone, linkMember } from './sign-in-link.ts';

interface LinkOptions {
  readonly organization?: string;
  readonly member?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `latchkey-server sign-in-link` */
export const describeSignInLink = (program: Command, world: CommandWorld): void => {
  subcommand(program, 'sign-in-link', 'Makes one-time links that sign members in. Whoever has a link is that member.')
    .option('--organization <id>', 'the organization; with --all every one where it is left out')
    .addOption(new Option('--member <id>', 'the member').conflicts('all'))
    .option('--all', 'one link for every active member')
    .option('--json', 'print one line of JSON')
    .action((options: LinkOptions) => link(options, world));
};

const link = async (options: LinkOptions, world: CommandWorld): Promise<void> => {
  const { organization, member } = options;
  if (!options.all && (organization === undefined || member === undefined)) {
    throw new UsageError('Give --organization and --member, or --all.');
  }
  await withDeps(world, async (deps, env) => {
    if (env.signIn === 'none') throw new CommandFailed('Nobody signs in here: LATCHKEY_SIGN_IN is none.');
    if (organization !== undefined && member !== undefined) {
      const { url } = await linkMember(deps, organization, member);
      print(world, options.json, { url }, url);
      return;
    }
    const links = await linkEveryone(deps, organization === undefined ? [] : [organization]);
    const listed = links.map(({ organizationId, memberId, url }) => ({ organizationId, memberId, url }));
    const lines = listed.map(({ organizationId, memberId, url }) => `${organizationId}/${memberId}  ${url}`);
    print(world, options.json, listed, lines.join('\n'));
  });
};
