import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatDuration } from '@latchkey/bootstrap/progress';
import { findChromium, startPostgres } from '@latchkey/embedded';
import { provideNeeds, readRequired } from './provide.ts';
import { runTests } from './runner.ts';
import { findRunners, selectRunners } from './selection.ts';
import { addCounts, type Counts, countRunner, formatCounts, isSuccess } from './summary.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const say = (line: string) => process.stdout.write(`${line}\n`);
const finish = (counts: Counts): never => {
  say('');
  say(formatCounts(counts));
  process.exit(isSuccess(counts) ? 0 : 1);
};

const { runners, unknown } = selectRunners(findRunners(root), process.argv.slice(2));
for (const path of unknown) say(`No package with tests at ${path}.`);
const required = readRequired(process.env['LATCHKEY_TEST_REQUIRE']);
for (const name of required.unknown) say(`LATCHKEY_TEST_REQUIRE: there is no "${name}".`);
if (unknown.length > 0 || required.unknown.length > 0) finish({ passed: 0, failed: 1, skipped: 0 });

const missing = provideNeeds(say);
for (const { line } of missing) say(`\n!!! ${line}\n`);
const lacking = missing.filter(({ need }) => required.required.includes(need));
if (lacking.length > 0) {
  say('LATCHKEY_TEST_REQUIRE forbids to go on without.');
  finish({ passed: 0, failed: lacking.length, skipped: 0 });
}

const aborted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => aborted.abort());

const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-run-'));
const postgres = await startPostgres({ maxConnections: 500 });
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  LATCHKEY_TEST_POSTGRES_URL: postgres.url,
  CHROMIUM_PATH: findChromium() ?? '',
  // The runners write into pipes: whether colours are wanted is known here.
  ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
};
const all: Counts[] = [];
const waiting = [...runners];
const work = async () => {
  for (let runner = waiting.shift(); runner !== undefined && !aborted.signal.aborted; runner = waiting.shift()) {
    const end = await runTests(runner, { root, folder, environment, signal: aborted.signal, limitMs: 20 * 60_000 });
    const counts = countRunner(end);
    all.push(counts);
    say(`\n──── ${end.name}: ${formatCounts(counts)} (${formatDuration(end.tookMs)})`);
    say(end.output.trim());
    if (counts.problem !== undefined) say(`!!! ${end.name} ${counts.problem}.`);
  }
};
try {
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (aborted.signal.aborted) {
  say('\nStopped before the end.');
  all.push({ passed: 0, failed: 1, skipped: 0 });
}
finish(addCounts(all));
