import { defineLatchkeyProject } from '@latchkey/vitest-config';

// Faults that take long have a name of their own: `pnpm test:faults` goes through them, too.
const faults = process.env['LATCHKEY_FAULTS'] === 'all' ? ['test/faults/*.fault.ts'] : [];

// One file after the other: each starts processes of its own, and a Redis given from outside is shared.
export default defineLatchkeyProject({
  include: ['src/**/*.test.ts', 'test/**/*.test.ts', ...faults],
  globalSetup: ['@latchkey/embedded/vitest-setup'],
  fileParallelism: false,
});
