import { join } from 'node:path';
import type { KeyFile } from './key-file.ts';

/** Where the audit keys of the embedded default are kept: apart from the server's, for the worker needs no others. */
export const auditKeyFile = (folder: string): KeyFile<'auditKeys'> => ({
  path: join(folder, 'audit-keys.json'),
  comment: 'Keys that seal the audit trail of this Latchkey. Without them nobody can tell that it was not rewritten.',
  rings: { auditKeys: 'audit' },
});
