import { readFileSync } from 'node:fs';
import { type PermissionCatalogue, type Policy, readCatalogue, type Statement } from '../../src/policy/index.ts';

/** Cases that a reader without TypeScript can check; see `format` in each file. */
export const readVectors = (name: string): never =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as never;

export const catalogues: Readonly<Record<'featbit' | 'launchdarkly', PermissionCatalogue>> = {
  featbit: readCatalogue(readVectors('featbit-catalogue')),
  launchdarkly: readCatalogue(readVectors('launchdarkly-catalogue')),
};

export const policyOf = (name: string, statements: readonly Statement[]): Policy => ({ name, statements });

export const builtIn = (dialect: 'featbit' | 'launchdarkly', name: string): Policy => {
  const found = catalogues[dialect].policies.find((policy) => policy.name === name);
  if (found === undefined) throw new Error(`No policy ${name} in the catalogue.`);
  return found;
};
