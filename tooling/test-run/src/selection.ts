import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One run of vitest: in a package, on all its tests or on those whose files the filters name. */
export type Runner = { readonly name: string; readonly filters: readonly string[] };

/** Every workspace package with a vitest configuration; the ones that take longest first. */
export const findRunners = (root: string): readonly Runner[] => {
  const names = ['packages', 'tooling'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .map((name) => `${folder}/${name}`)
      .filter((name) => existsSync(join(root, name, 'vitest.config.ts'))),
  );
  const slowest = ['packages/e2e', 'tooling/start'];
  const weight = (name: string) => (slowest.includes(name) ? slowest.indexOf(name) : slowest.length);
  return names.sort((a, b) => weight(a) - weight(b) || a.localeCompare(b)).map((name) => ({ name, filters: [] }));
};

/** `packages/core` is all of that package, `packages/core/src/token` the files below it; what names no package is wrong. */
export const selectRunners = (
  all: readonly Runner[],
  paths: readonly string[],
): { readonly runners: readonly Runner[]; readonly unknown: readonly string[] } => {
  if (paths.length === 0) return { runners: all, unknown: [] };
  const cleaned = paths.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''));
  const belongs = (path: string, name: string) => path === name || path.startsWith(`${name}/`);
  const runners = all.flatMap(({ name }) => {
    const mine = cleaned.filter((path) => belongs(path, name) || belongs(name, path));
    if (mine.length === 0) return [];
    const whole = mine.some((path) => belongs(name, path));
    return [{ name, filters: whole ? [] : mine.map((path) => path.slice(name.length + 1)) }];
  });
  const unknown = cleaned.filter((path) => !all.some(({ name }) => belongs(path, name) || belongs(name, path)));
  return { runners, unknown };
};
