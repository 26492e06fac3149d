import { type Command, Option } from 'commander';
import { type CommandWorld, print, subcommand, withDeps } from './command-world.ts';
import { UsageError } from './exit.ts';
import { initDemo } from './init-demo.ts';
import { initOrganization } from './init-organization.ts';

interface InitOptions {
  readonly demo?: boolean;
  readonly organization?: string;
  readonly id?: string;
  readonly dialect: 'featbit' | 'launchdarkly';
  readonly ownerEmail?: string;
  readonly ownerName?: string;
  readonly json?: boolean;
}

/** `latchkey-server init` */
export const describeInit = (program: Command, world: CommandWorld): void => {
  const dialect = new Option('--dialect <dialect>', 'how its policies are written').choices([
    'featbit',
    'launchdarkly',
  ]);
  subcommand(program, 'init', 'Creates a first organization with its Owner, or the demo, which can be repeated.')
    .addOption(new Option('--demo', 'two organizations with members, groups and policies').conflicts('organization'))
    .option('--organization <name>', 'name of the organization to create')
    .option('--id <id>', 'its id; made from the name where it is left out')
    .addOption(dialect.default('featbit'))
    .option('--owner-email <address>', 'e-mail address of its Owner')
    .option('--owner-name <name>', 'name of its Owner; the address where it is left out')
    .option('--json', 'print one line of JSON')
    .action((options: InitOptions) => (options.demo ? demo(options, world) : organization(options, world)));
};

const demo = (options: InitOptions, world: CommandWorld): Promise<void> =>
  withDeps(world, async (deps) => {
    const report = await initDemo(deps);
    const names = report.organizations.map(({ id, members }) => `${id}: ${members.map((each) => each.id).join(', ')}`);
    const { demoToken } = report;
    const token = demoToken === undefined ? [] : ['', `Token of the demo's developer, told once: ${demoToken}`];
    print(world, options.json, report, [...names, ...token].join('\n'));
  });

const organization = async (options: InitOptions, world: CommandWorld): Promise<void> => {
  const { organization: name, ownerEmail } = options;
  if (name === undefined || ownerEmail === undefined) {
    throw new UsageError('Give --demo, or --organization with --owner-email.');
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(ownerEmail)) throw new UsageError('--owner-email is no e-mail address.');
  if (options.id !== undefined && !/^[A-Za-z0-9_-]{1,128}$/.test(options.id)) {
    throw new UsageError('--id takes letters, digits, - and _.');
  }
  await withDeps(world, async (deps, env) => {
    const { organizationId, memberId, url } = await initOrganization(deps, {
      name,
      ...(options.id === undefined ? {} : { organizationId: options.id }),
      dialect: options.dialect,
      owner: { email: ownerEmail, name: options.ownerName ?? ownerEmail },
    });
    const link = env.signIn === 'none' ? null : url;
    const signIn =
      link === null ? 'Nobody signs in here (LATCHKEY_SIGN_IN).' : `Its Owner signs in here, once: ${link}`;
    print(world, options.json, { organizationId, memberId, url: link }, `Organization ${organizationId}. ${signIn}`);
  });
};
