// `node docs/model/check.mjs [--quick] [--trace] [NAME …]`: checks dead-on-return.pml with spin, every interleaving of it.
//
// The configurations of runs.json have to hold; each mutant, which takes one rule of the protocol away, has to fail; and each
// sight, which claims that something never happens, has to be refuted, or the property would be kept by nothing happening.
// `--quick` leaves out what takes longer than seconds. NAME: only these. `--trace`: shows the shortest way to what was found.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODEL = join(import.meta.dirname, 'dead-on-return.pml');
/** Megabytes that one run may take. What doesn't end within them has not been checked. */
const MEMORY = 4096;
/** Steps of one path. */
const DEPTH = 200_000;

const run = (command, args, options) => {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (error) throw error;
  return { status, text: `${stdout ?? ''}${stderr ?? ''}` };
};

const isMissing = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined;

/** spin writes a checker in C. */
const provideTools = () => {
  const missing = () => ['spin', 'gcc'].filter(isMissing);
  const wanted = missing();
  if (wanted.length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const packages = wanted.flatMap((each) => (each === 'gcc' ? ['gcc', 'libc6-dev'] : [each]));
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['-q', 'update'], options);
    spawnSync('apt-get', ['-q', '-y', 'install', '--no-install-recommends', ...packages], options);
  }
  const left = missing();
  if (left.length === 0) return;
  process.stderr.write(`Needed: ${left.join(' and ')} (Debian: apt-get install spin gcc libc6-dev).\n`);
  process.exit(2);
};

const numberIn = (text, pattern) => Number(pattern.exec(text)?.[1] ?? Number.NaN);

/** What pan says of a search. Whatever stopped it before its end makes it worth nothing. */
const readSearch = (text) => {
  const errors = numberIn(text, /errors: (\d+)/);
  const wasCut = /max search depth too small|out of memory|reached -DMEMLIM|Search not completed/.test(text);
  return {
    states: numberIn(text, /^\s*(\d+) states, stored/m),
    memory: numberIn(text, /([\d.]+)\s+total actual memory usage/),
    // Not a deadlock, or the model would be refuted by its own mistake.
    found: errors > 0 && /assertion violated/.test(text),
    exhausted: errors === 0 && !wasCut,
    // Where a step of a process was never taken. A process that goes on for ever doesn't reach its end.
    untaken: [...text.matchAll(/^\t\S+:(\d+), state \d+, "(?!-end-)(.*)"$/gm)].map(
      ([, line, step]) => `${line}: ${step}`,
    ),
  };
};

const search = (defines, { trace }) => {
  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-model-'));
  try {
    copyFileSync(MODEL, join(cwd, 'model.pml'));
    const flags = defines.map((define) => `-D${define}`);
    const spin = run('spin', ['-a', ...flags, 'model.pml'], { cwd });
    if (spin.status !== 0) throw new Error(spin.text);
    // Without partial order reduction: the property looks at everything, so there is nothing to reduce.
    const how = ['-O2', '-DSAFETY', '-DNOREDUCE', `-DMEMLIM=${MEMORY}`, ...(trace ? ['-DBFS'] : [])];
    const gcc = run('gcc', [...how, '-o', 'pan', 'pan.c'], { cwd });
    if (gcc.status !== 0) throw new Error(gcc.text);
    const began = performance.now();
    const pan = run(join(cwd, 'pan'), [`-m${DEPTH}`], { cwd });
    const seconds = (performance.now() - began) / 1000;
    const result = { ...readSearch(pan.text), seconds };
    if (trace && result.found)
      process.stdout.write(`${run('spin', ['-t', '-p', ...flags, 'model.pml'], { cwd }).text}\n`);
    return result;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
};

const read = () => {
  const { configurations, mutants, sights } = JSON.parse(readFileSync(join(import.meta.dirname, 'runs.json'), 'utf8'));
  return [
    ...configurations.map((each) => ({ ...each, expected: 'holds' })),
    ...mutants.map((each) => ({ ...each, expected: 'fails' })),
    ...sights.map((each) => ({ ...each, expected: 'seen' })),
  ].map(({ name, define, defines, within, ...rest }) => ({
    ...rest,
    name: name ?? define,
    defines: defines ?? [...within, define],
  }));
};

const whatCame = ({ found, exhausted, untaken }, { expected, takesEveryStep }) => {
  if (found) return expected === 'seen' ? 'seen' : 'fails';
  if (!exhausted) return 'not exhausted';
  if (expected !== 'holds') return expected === 'seen' ? 'never seen' : 'holds';
  return takesEveryStep && untaken.length > 0 ? `steps never taken: ${untaken.join('; ')}` : 'holds';
};

const main = () => {
  const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  const options = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
  const all = read();
  const unknown = [
    ...options.filter((option) => option !== '--quick' && option !== '--trace'),
    ...names.filter((name) => all.every((each) => each.name !== name)),
  ];
  if (unknown.length > 0) {
    process.stderr.write(`Unknown: ${unknown.join(', ')}\n`);
    process.exit(2);
  }
  const isQuick = options.includes('--quick');
  const chosen = names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
  provideTools();
  process.stdout.write('| run | within | expected | came | states | seconds | MB |\n|---|---|---|---|--:|--:|--:|\n');
  let wrong = 0;
  for (const each of chosen) {
    if (isQuick && each.slow === true) continue;
    const result = search(each.defines, { trace: options.includes('--trace') });
    const came = whatCame(result, each);
    if (came !== each.expected) wrong += 1;
    const within = each.defines.filter((define) => define !== each.name).join(' ');
    const figures = [result.states.toLocaleString('en'), result.seconds.toFixed(1), Math.ceil(result.memory)];
    process.stdout.write(`| ${[each.name, within, each.expected, came, ...figures].join(' | ')} |\n`);
  }
  process.stdout.write(wrong === 0 ? '\nAll as expected.\n' : `\n${wrong} not as expected.\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
};

main();
