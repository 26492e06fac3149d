import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findChromium, findNginx, findPgBouncer, findRedis } from '@latchkey/embedded';

export type Need = 'redis' | 'chromium' | 'nginx' | 'pgbouncer';

/** How each need is met, and what to tell whoever lacks it. */
const needs = {
  redis: {
    has: () => findRedis() !== undefined,
    debian: 'redis-server',
    advice: 'set REDIS_URL, or install redis-server or valkey-server (Debian: apt-get install redis-server)',
  },
  chromium: {
    has: () => findChromium() !== undefined,
    debian: 'chromium',
    advice: 'set CHROMIUM_PATH, or install Chromium (Debian: apt-get install chromium)',
  },
  nginx: {
    has: () => findNginx() !== undefined,
    debian: 'nginx-light',
    advice: 'install nginx (Debian: apt-get install nginx-light)',
  },
  pgbouncer: {
    has: () => findPgBouncer() !== undefined,
    debian: 'pgbouncer',
    advice: 'install PgBouncer (Debian: apt-get install pgbouncer)',
  },
} as const satisfies Record<Need, unknown>;

const allNeeds: readonly Need[] = ['redis', 'chromium', 'nginx', 'pgbouncer'];

/** LATCHKEY_TEST_REQUIRE=redis,chromium: what must not be missing, of everything in `needs`. */
export const readRequired = (value: string | undefined): { required: readonly Need[]; unknown: readonly string[] } => {
  const names = (value ?? '').split(',').map((name) => name.trim());
  return {
    required: allNeeds.filter((need) => names.includes(need)),
    unknown: names.filter((name) => name !== '' && !allNeeds.includes(name as Need)),
  };
};

const isRootOnDebian = () => process.getuid?.() === 0 && existsSync('/etc/debian_version');

const apt = (args: readonly string[]): boolean =>
  spawnSync('apt-get', ['-q', '-y', ...args], {
    // The last lines of a run are the tests': what apt says goes to the other stream.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

const policy = '/usr/sbin/policy-rc.d';

/** Installs Debian packages; none starts as a service (invoke-rc.d(8): 101 forbids it), because tests start their own. */
const installDebian = (packages: readonly string[]): void => {
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    // A package that can't be had is told by what is missing afterwards.
    if (apt(['update'])) apt(['install', '--no-install-recommends', ...packages]);
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
};

/** What the machine has, and whether and how it can be given more. */
export type Machine = {
  readonly has: (need: Need) => boolean;
  readonly canInstall: () => boolean;
  readonly install: (packages: readonly string[]) => void;
};

const thisMachine: Machine = {
  has: (need) => needs[need].has(),
  canInstall: isRootOnDebian,
  install: installDebian,
};

/** Gets what tests need where that is possible, and gives what is still missing, with a line that says how to get it. */
export const provideNeeds = (
  say: (line: string) => void,
  machine: Machine = thisMachine,
): readonly { need: Need; line: string }[] => {
  const missing = allNeeds.filter((need) => !machine.has(need));
  if (missing.length > 0 && machine.canInstall()) {
    say(`Installing ${missing.join(' and ')} by apt-get.`);
    machine.install(missing.map((need) => needs[need].debian));
  }
  return missing
    .filter((need) => !machine.has(need))
    .map((need) => ({ need, line: `No ${need}: its tests are SKIPPED. To run them, ${needs[need].advice}.` }));
};
