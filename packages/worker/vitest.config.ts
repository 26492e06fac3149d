import { defineLatchkeyProject } from '@latchkey/vitest-config';

// One file after the other: each starts processes of its own, and a Redis given from outside is shared.
export default defineLatchkeyProject({
  globalSetup: ['@latchkey/embedded/vitest-setup'],
  fileParallelism: false,
});
