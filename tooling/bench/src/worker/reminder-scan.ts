import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@latchkey/store';
import type { World } from '../verify/world.ts';

export interface ReminderScan {
  readonly tokens: number;
  readonly due: number;
  readonly ms: number;
  /** Of the nodes that read tokens: what they are and how many rows they looked at. */
  readonly reads: readonly { readonly node: string; readonly index: string | null; readonly rows: number }[];
  readonly plan: unknown;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** The scan that looks for expiries to remind of, as the server itself describes how it went about it. */
export const measureReminderScan = async (world: World, tokens: number): Promise<ReminderScan> => {
  const url = new URL(world.adminUrl);
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_format': 'json',
  };
  url.searchParams.set(
    'options',
    Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  );
  const store = await openStore({ url: url.href, applicationName: 'bench', poolMax: 1 });
  try {
    const now = Date.now();
    const begun = performance.now();
    const page = await store.unitOfWork.run((tx) =>
      store.reminders.remindOfExpiry(tx, {
        ...{ organizationId: 'acme', thresholdDays: 7, nearerDays: 1, channels: ['console'], after: null, now },
        limit: 1_000,
      }),
    );
    const ms = performance.now() - begun;
    const plan = lastPlan(readFileSync(join(world.folder, 'postgres', 'postgres.log'), 'utf8'));
    return { tokens, due: page.made.length, ms, reads: readsOf(plan), plan };
  } finally {
    await store.close();
  }
};

/** Out of the log: a line that says `plan:`, and JSON over the lines after it, each behind a tab. */
const lastPlan = (log: string): PlanNode => {
  const entries = log.split(/^(?=\d{4}-\d{2}-\d{2} )/m).filter((entry) => entry.includes('plan:'));
  const entry = entries.findLast((each) => each.includes('looked_at'));
  if (entry === undefined) throw new Error('the log has no plan of the scan');
  const { Plan } = JSON.parse(entry.slice(entry.indexOf('{')).trim()) as { readonly Plan: PlanNode };
  return Plan;
};

const readsOf = (node: PlanNode): ReminderScan['reads'] => [
  ...(node['Relation Name'] === 'token'
    ? [
        {
          node: node['Node Type'],
          index: node['Index Name'] ?? null,
          rows: (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        },
      ]
    : []),
  ...(node.Plans ?? []).flatMap(readsOf),
];
