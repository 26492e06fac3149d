import { expect, test } from 'vitest';
import { type Machine, type Need, provideNeeds, readRequired } from './provide.ts';

test('what must not be missing is read from a list, and a typing mistake in it is told', () => {
  expect(readRequired(undefined)).toEqual({ required: [], unknown: [] });
  expect(readRequired('redis, chromium')).toEqual({ required: ['redis', 'chromium'], unknown: [] });
  expect(readRequired('nginx')).toEqual({ required: ['nginx'], unknown: [] });
  expect(readRequired('reddis,chromium')).toEqual({ required: ['chromium'], unknown: ['reddis'] });
});

const machine = (has: readonly Need[], canInstall: boolean, gets: readonly Need[] = []) => {
  const present = new Set(has);
  const installed: string[] = [];
  const world: Machine = {
    has: (need) => present.has(need),
    canInstall: () => canInstall,
    install: (packages) => {
      installed.push(...packages);
      for (const need of gets) present.add(need);
    },
  };
  return { world, installed };
};
const nothingSaid = () => undefined;

test('what is missing is installed where that is possible, and nothing that is there', () => {
  const { world, installed } = machine(['redis', 'nginx', 'pgbouncer'], true, ['chromium']);
  expect(provideNeeds(nothingSaid, world)).toEqual([]);
  expect(installed).toEqual(['chromium']);
});

test('what can not be had is told with how to get it, and never installed where the process may not', () => {
  const { world, installed } = machine([], false);
  expect(provideNeeds(nothingSaid, world)).toEqual([
    { need: 'redis', line: expect.stringMatching(/SKIPPED.*REDIS_URL.*apt-get install redis-server/) },
    { need: 'chromium', line: expect.stringMatching(/SKIPPED.*CHROMIUM_PATH.*apt-get install chromium/) },
    { need: 'nginx', line: expect.stringMatching(/SKIPPED.*apt-get install nginx-light/) },
    { need: 'pgbouncer', line: expect.stringMatching(/SKIPPED.*apt-get install pgbouncer/) },
  ]);
  expect(installed).toEqual([]);
});

test('an installation that failed is not taken for one that worked', () => {
  const { world } = machine(['nginx', 'pgbouncer'], true, ['redis']);
  expect(provideNeeds(nothingSaid, world).map(({ need }) => need)).toEqual(['chromium']);
});
