import { defineLatchkeyProject } from '@latchkey/vitest-config';

export default defineLatchkeyProject();
