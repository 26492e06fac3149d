import { join } from 'node:path';
import type { Crypto } from '@latchkey/core';
import { loadOrMakeKeyFile } from '@latchkey/store';
import type { ApiKeys } from '../deps.ts';

export const KEY_FILE = 'keys.json';

/**
 * The keys of the embedded default: read from the data folder, or made there once. With other peppers every token of the
 * folder would be lost.
 * @throws KeyFileRefused where others may read the file, or it isn't one of ours: it is never replaced.
 */
export const loadOrMakeKeys = (folder: string, crypto: Pick<Crypto, 'randomBytes'>): Promise<ApiKeys> =>
  loadOrMakeKeyFile(
    {
      path: join(folder, KEY_FILE),
      comment:
        'Peppers and tag keys of this Latchkey. Without them its tokens are worthless; with them and the database, not.',
      rings: { peppers: 'pepper', tagKeys: 'tag', cursorKeys: 'cursor' },
    },
    crypto,
  );
