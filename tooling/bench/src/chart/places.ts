import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const results = join(root, 'tooling', 'bench', 'results');

/** What the charts are made from, and what is made of them. */
export const PLACES = {
  results: join(results, 'decide.json'),
  chart: join(root, 'packages', 'core', 'docs', 'decide.svg'),
  readme: join(root, 'packages', 'core', 'README.md'),
  verify: {
    results: join(results, 'verify.json'),
    load: join(results, 'load.json'),
    chart: join(root, 'docs', 'verify.svg'),
    document: join(root, 'docs', 'verification.md'),
  },
  worker: {
    removal: join(results, 'worker-removal.json'),
    million: join(results, 'worker-million.json'),
    document: join(root, 'packages', 'worker', 'README.md'),
  },
} as const;
