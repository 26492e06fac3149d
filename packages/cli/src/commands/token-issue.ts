import { readFile } from 'node:fs/promises';
import { type Input, type PermissionsInput, statementInputSchema } from '@latchkey/contract';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { fail } from '../failure/cli-failure.ts';
import type { DeliveryOptions } from '../secret/delivery.ts';
import { parseExpiry } from './duration.ts';
import { choice, connectAs, describe, type Kit, type Work } from './kit.ts';
import { reveal, withDeliveryOptions } from './reveal.ts';

interface IssueOptions extends DeliveryOptions {
  readonly kind: 'personal' | 'service';
  readonly description?: string;
  readonly project?: string;
  readonly expires?: string;
  readonly address?: readonly string[];
  readonly ability?: 'full-access' | 'read' | 'write' | 'metrics';
  readonly within?: string;
  readonly policy?: readonly string[];
  readonly statements?: string;
  readonly manageTokens?: true;
}

export const describeTokenIssue = (group: Command, kit: Kit): void => {
  const { say } = kit;
  const command = describe(group, 'issue <name>', kit, {
    help: 'help.token.issue',
    examples: [
      'latchkey token issue laptop --expires 90d --save ~/.latchkey-token',
      'latchkey token issue deploy --kind service --ability write --within shop --save .env --env FLAGS_TOKEN',
      "latchkey token issue ci --kind service --statements statements.json --save-to 'gh secret set FLAGS_TOKEN'",
      'latchkey token issue try --show',
    ],
  })
    .addOption(choice('--kind <kind>', say('help.kind'), ['personal', 'service']).default('personal'))
    .option('--description <text>', say('help.description'))
    .option('--project <key>', say('help.project'))
    .option('--expires <when>', say('help.expires'))
    .option('--address <range...>', say('help.address'))
    .addOption(
      choice('--ability <ability>', say('help.ability'), ['full-access', 'read', 'write', 'metrics']).conflicts([
        'policy',
        'statements',
        'manageTokens',
      ]),
    )
    .option('--within <project>', say('help.within'))
    .addOption(new Option('--policy <id...>', say('help.policy')).conflicts(['statements', 'manageTokens']))
    .addOption(new Option('--statements <file>', say('help.statements')).conflicts('manageTokens'))
    .option('--manage-tokens', say('help.manageTokens'));
  withDeliveryOptions(command, say).action(async (name: string, options: IssueOptions) =>
    issue(await kit.begin(), name, options),
  );
};

const issue = async (work: Work, name: string, options: IssueOptions): Promise<void> => {
  const { kind, description, project, expires, address } = options;
  const permissions = await permissionsOf(options);
  const input: Input<'tokens', 'issue'> = {
    name,
    kind,
    ...(description === undefined ? {} : { description }),
    ...(project === undefined ? {} : { project }),
    ...(expires === undefined ? {} : { expiresAt: parseExpiry(expires, Date.now()) }),
    ...(address === undefined ? {} : { addressRanges: [...address] }),
    ...(permissions === undefined ? {} : { permissions }),
  };
  const { api } = await connectAs(work);
  await reveal(
    work,
    options,
    () => fail('ISSUE_UNCERTAIN'),
    () => api.tokens.issue.mutate(input),
  );
};

const permissionsOf = async (options: IssueOptions): Promise<PermissionsInput | undefined> => {
  const { ability, within, policy, statements, manageTokens } = options;
  if (within !== undefined && ability === undefined) throw fail('OPTIONS_CONFLICT', { names: '--within, --ability' });
  if (ability !== undefined) {
    const name = ability === 'full-access' ? 'full_access' : ability;
    return { type: 'ability', ability: name, ...(within === undefined ? {} : { project: within }) };
  }
  if (policy !== undefined) return { type: 'policies', policyIds: [...policy] };
  if (statements !== undefined) return { type: 'statements', statements: await readStatements(statements) };
  return manageTokens ? { type: 'inherit', manageTokens } : undefined;
};

/** Only the outline is checked here: what a statement may say is the API's to judge, with the place of every problem. */
const readStatements = async (path: string): Promise<Record<string, unknown>[]> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fail('FILE_UNREADABLE', { path, because: error.code ?? '' });
  });
  try {
    return z.array(statementInputSchema).min(1).parse(JSON.parse(text));
  } catch {
    throw fail('STATEMENTS_INVALID', { path });
  }
};
