import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSecret, writeSecret } from './data/secret.ts';

export type DemoMember = { readonly id: string; readonly name: string; readonly email: string; readonly role: string };
export type DemoOrganization = {
  readonly id: string;
  readonly name: string;
  readonly dialect: string;
  readonly members: readonly DemoMember[];
};
export type LinkedOrganization = Omit<DemoOrganization, 'members'> & {
  readonly members: readonly (DemoMember & { readonly signInLink: string })[];
};

/** Runs `latchkey-server` with these arguments and gives its standard output. */
export type ServerCommand = (args: readonly string[]) => Promise<string>;

export type Demo = {
  readonly organizations: readonly DemoOrganization[];
  /** Undefined where the token's file was deleted: its secret was shown once, at the first start. */
  readonly tokenFile: string | undefined;
};

const parseLine = <T>(output: string, command: string): T => {
  try {
    return JSON.parse(output) as T;
  } catch {
    // What was printed may hold a secret: it is not quoted.
    throw new Error(`latchkey-server ${command} did not print JSON.`);
  }
};

/** Seeds the demo where it isn't yet. The demo's token is shown at the first time only (SECRET-ONCE), hence kept in a 0600 file. */
export const seedDemo = async (server: ServerCommand, stateFolder: string): Promise<Demo> => {
  const seeded = parseLine<{ organizations: readonly DemoOrganization[]; demoToken?: string }>(
    await server(['init', '--demo', '--json']),
    'init --demo --json',
  );
  const file = join(stateFolder, 'demo-token');
  if (seeded.demoToken !== undefined) writeSecret(file, seeded.demoToken);
  return { organizations: seeded.organizations, tokenFile: readSecret(file) ? file : undefined };
};

/** The credential with which the example service asks; made once. */
export const keepVerifierCredential = async (server: ServerCommand, file: string): Promise<void> => {
  if (!existsSync(file)) await server(['credential', 'verifier', '--name', 'example-service', '--save', file]);
};

const createLink = async (server: ServerCommand, organization: string, member: string): Promise<string> => {
  const args = ['sign-in-link', '--organization', organization, '--member', member, '--json'];
  return parseLine<{ url: string }>(await server(args), 'sign-in-link --json').url;
};

/** A link for the first member of the first organization, its owner. */
export const linkOwner = async (server: ServerCommand, organizations: readonly DemoOrganization[]) => {
  const organization = organizations[0];
  const member = organization?.members[0];
  if (organization === undefined || member === undefined) throw new Error('The demo has no member to sign in as.');
  return { organization, member, signInLink: await createLink(server, organization.id, member.id) };
};

/** A link for each member, all made at once; whom the server makes none for (somebody removed since) is left out. */
export const linkEveryone = async (
  server: ServerCommand,
  organizations: readonly DemoOrganization[],
): Promise<readonly LinkedOrganization[]> => {
  const command = ['sign-in-link', '--all', '--json'];
  const links = parseLine<readonly { organizationId: string; memberId: string; url: string }[]>(
    await server(command),
    command.join(' '),
  );
  return organizations.map((organization) => ({
    ...organization,
    members: organization.members.flatMap((member) => {
      const link = links.find((one) => one.organizationId === organization.id && one.memberId === member.id);
      return link === undefined ? [] : [{ ...member, signInLink: link.url }];
    }),
  }));
};
