import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** What the chart is made from, and what is made of it. */
export const PLACES = {
  results: join(root, 'tooling', 'bench', 'results', 'decide.json'),
  chart: join(root, 'packages', 'core', 'docs', 'decide.svg'),
  readme: join(root, 'packages', 'core', 'README.md'),
} as const;
