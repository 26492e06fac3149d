import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, startPostgres } from '@latchkey/embedded';
import { migrateStore, openStore } from '@latchkey/store';
import pg from 'pg';
import { type MeasuredPage, measureLists } from './lists/measure-lists.ts';
import { seedTokens } from './lists/seed.ts';
import { describeMachine } from './machine.ts';
import { loadAverage, writeResult } from './verify/write-result.ts';

const MAX_MS = 50;
const REPETITIONS = 4;

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** Over all pages that fit, each by the fastest of its repetitions: other work on the machine only ever adds. */
const summarize = (pages: readonly MeasuredPage[]) => {
  const fastest = pages.map(({ ms }) => Math.min(...ms));
  return {
    pages: pages.length,
    goOn: pages.filter(({ goesOn }) => goesOn).length,
    p50: quantile(fastest, 0.5),
    p95: quantile(fastest, 0.95),
    slowest: Math.max(...fastest),
    p95OfAllRepetitions: quantile(
      pages.flatMap(({ ms }) => ms),
      0.95,
    ),
  };
};

const flag = process.argv.find((argument) => argument.startsWith('--tokens='));
const count = Number(flag?.split('=')[1] ?? 1_000_000);
const loadBefore = loadAverage();
const postgres = await startPostgres({ maxConnections: 20 });
try {
  const { url } = await createDatabase(postgres.url);
  await migrateStore({ adminUrl: url, roleSuffix: '_bench_lists' });
  const client = new pg.Client({ connectionString: url });
  // The server goes first where something has failed; that is what is to be told, and not this.
  client.on('error', () => undefined);
  await client.connect();
  console.log(`seeding ${count} tokens`);
  await seedTokens(client, count);
  const store = await openStore({ url, applicationName: 'bench-lists', poolMax: 1, statementTimeoutMs: 60_000 });
  const say = (what: string) => console.log(what);
  const { pages, plans } = await measureLists(store, client, { repetitions: REPETITIONS, say });
  await store.close();
  await client.end();
  const filters = [...new Set(pages.map(({ filter }) => filter))].map((filter) => ({
    filter,
    ...summarize(pages.filter((page) => page.filter === filter)),
  }));
  const all = summarize(pages);
  const load = { before: loadBefore, after: loadAverage() };
  const targets = filters.map(({ filter, p95 }) => ({
    target: `${filter}: a page under ${MAX_MS} ms in the 95th percentile`,
    measured: p95,
    met: p95 < MAX_MS,
  }));
  const machine = describeMachine();
  const slow = pages.filter(({ ms }) => Math.min(...ms) >= MAX_MS);
  writeResult('lists.json', { machine, load, tokens: count, all, filters, slow, targets });
  writePlans(plans.map(({ of, plan }) => `${of}\n${plan.replace(/^/gm, '  ')}\n`).join('\n'));
  console.log(`\n${machine}, load ${load.before} before and ${load.after} after, ${count} tokens\n`);
  console.table(filters);
  for (const { target, measured, met } of targets) console.log(`${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`);
} finally {
  await postgres.stop();
}

/** Beside the figures: how PostgreSQL found each page in the middle of a list. */
function writePlans(text: string): void {
  const folder = join(import.meta.dirname, '..', process.argv.includes('--keep') ? 'results' : 'test-output');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lists-plans.txt'), text);
}
