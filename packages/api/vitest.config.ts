import { defineLatchkeyProject } from '@latchkey/vitest-config';

export default defineLatchkeyProject({ globalSetup: ['@latchkey/embedded/vitest-setup'] });
