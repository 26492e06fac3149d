import type { Input } from '@latchkey/contract';
import type { Command } from 'commander';
import { fail } from '../failure/cli-failure.ts';
import { toTable } from '../output/table.ts';
import { type BulkAction, type BulkItem, type BulkReport, listInBulk, stopInBulk } from './bulk-run.ts';
import { confirm } from './confirm.ts';
import { parseDays } from './duration.ts';
import { choice, connectAs, describe, type Kit, type Work } from './kit.ts';
import { showKind, showLastUse } from './token-words.ts';

type Filter = Input<'tokens', 'bulk'>['filter'];

interface BulkOptions extends Pick<Filter, 'kind' | 'status'> {
  readonly owner?: string;
  readonly issuer?: string;
  readonly name?: string;
  readonly unusedFor?: string;
  readonly expiringWithin?: string;
  readonly overPrivileged?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly reason?: string;
  readonly resume?: string;
}

/** Many tokens at once, by what they have in common: listed first, then asked about, then stopped, with one report. */
export const describeTokenBulk = (group: Command, kit: Kit): void => {
  describeOne(group, kit, 'deactivate', [
    'latchkey token bulk-deactivate --unused-for 90d --dry-run',
    "latchkey token bulk-deactivate --over-privileged --kind service --reason 'review of June'",
  ]);
  describeOne(group, kit, 'revoke', [
    'latchkey token bulk-revoke --owner dana --dry-run --output json > what-would-go.json',
    'latchkey token bulk-revoke --kind personal --unused-for 180d --yes > report.json',
  ]);
};

const describeOne = (group: Command, kit: Kit, action: BulkAction, examples: readonly string[]): void => {
  const { say } = kit;
  describe(group, `bulk-${action}`, kit, { help: `help.token.bulk.${action}`, examples })
    .addOption(choice('--kind <kind>', say('help.list.kind'), ['personal', 'service']))
    .option('--owner <id>', say('help.list.owner'))
    .option('--issuer <id>', say('help.list.issuer'))
    .option('--name <text>', say('help.list.name'))
    .addOption(choice('--status <status>', say('help.list.status'), ['active', 'inactive', 'expired']))
    .option('--unused-for <days>', say('help.bulk.unusedFor'))
    .option('--expiring-within <days>', say('help.bulk.expiringWithin'))
    .option('--over-privileged', say('help.bulk.overPrivileged'))
    .option('--dry-run', say('help.bulk.dryRun'))
    .option('--yes', say('help.yes'))
    .option('--reason <text>', say('help.reason'))
    .option('--resume <id>', say('help.bulk.resume'))
    .action(async (options: BulkOptions) => bulk(await kit.begin(), action, options));
};

const bulk = async (work: Work, action: BulkAction, options: BulkOptions): Promise<void> => {
  const { say, desk } = work;
  const { reason, resume, dryRun } = options;
  const filter = filterOf(options);
  if (Object.keys(filter).length === 0) throw fail('FILTER_MISSING');
  const { api } = await connectAs(work);
  const asked = { action, filter, ...(reason === undefined ? {} : { reason }) };
  if (dryRun) return show(work, await listInBulk(work, api, asked, resume));
  if (resume !== undefined || options.yes) {
    // What is behind `--resume` was listed and agreed to once; who can be asked is asked again all the same.
    await confirm(work, options.yes ?? false, async () => say('bulk.confirmResume'));
    return show(work, await stopInBulk(work, api, asked, resume, null));
  }
  if (!desk.interactive) throw fail('CONFIRMATION_NEEDED');
  const listed = await listInBulk(work, api, asked, undefined);
  if (listed.items.length === 0) return show(work, listed);
  const table = tableOf(work, listed.items)({ width: null, heading: (text) => text });
  for (const line of table.trimEnd().split('\n')) await desk.notice(line);
  await confirm(work, false, async () => say(`bulk.confirm.${action}`, { count: listed.items.length }));
  await show(work, await stopInBulk(work, api, asked, undefined, listed.counts));
};

const filterOf = (options: BulkOptions): Filter => {
  const { kind, status, owner, issuer, name, unusedFor, expiringWithin, overPrivileged } = options;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(owner === undefined ? {} : { ownerId: owner }),
    ...(issuer === undefined ? {} : { issuerId: issuer }),
    ...(name === undefined ? {} : { nameContains: name }),
    ...(unusedFor === undefined ? {} : { unusedForDays: parseDays(unusedFor) }),
    ...(expiringWithin === undefined ? {} : { expiringWithinDays: parseDays(expiringWithin) }),
    ...(overPrivileged === undefined ? {} : { overPrivileged }),
  };
};

const show = async (work: Work, report: BulkReport): Promise<void> => {
  const { say, desk } = work;
  const { items, counts: _, ...told } = report;
  await desk.data({ ...told, items }, tableOf(work, items));
  const { stoppedCount, skippedCount, undecidedCount } = report;
  await desk.notice(say(report.dryRun ? 'bulk.wouldStop' : 'bulk.stopped', { count: stoppedCount }));
  if (skippedCount > 0) await desk.warn('SKIPPED', say('bulk.skipped', { count: skippedCount }));
  if (undecidedCount > 0) await desk.warn('UNDECIDED', say('bulk.undecided', { count: undecidedCount }));
};

const tableOf = ({ say }: Work, items: readonly BulkItem[]) => {
  const exceeding = items.some(({ exceeds }) => exceeds !== null);
  return (style: Parameters<typeof toTable>[2]): string =>
    toTable<BulkItem>(
      [
        { title: say('column.id'), value: ({ tokenId }) => tokenId },
        { title: say('column.name'), value: ({ name }) => name, flexible: true },
        { title: say('column.kind'), value: ({ kind }) => showKind(kind, say) },
        { title: say('column.owner'), value: ({ ownerId }) => ownerId ?? '' },
        { title: say('column.lastUsed'), value: ({ lastUsedAt }) => showLastUse(lastUsedAt, say) },
        { title: say('column.fate'), value: ({ outcome }) => say(`bulkOutcome.${outcome}`) },
        ...(exceeding ? [{ title: say('column.exceeds'), value: showExcess, flexible: true } as const] : []),
      ],
      items,
      style,
    );
};

const showExcess = ({ exceeds }: BulkItem): string => (exceeds === null ? '' : `${exceeds.action} ${exceeds.resource}`);
