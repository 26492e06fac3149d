import { randomBytes } from 'node:crypto';
import type { KeyRing } from '@latchkey/core';
import { anchorFolder, auditKeyFile, createAnchorFiles, loadOrMakeKeyFile } from '@latchkey/store';
import { chainCrypto } from './chain-crypto.ts';
import type { SealerOptions } from './seal-and-anchor.ts';

/**
 * Keys and sinks as configured: keys from the environment, else from the data folder, where they are made once; anchors
 * into the data folder, if there is one, and always into the log. `null` where there are no keys and no folder for any.
 * @throws KeyFileRefused
 */
export const openSealer = async (given: {
  readonly keys: KeyRing | null;
  readonly dataFolder: string | null;
}): Promise<SealerOptions | null> => {
  const { dataFolder } = given;
  const sinks = dataFolder === null ? [] : [createAnchorFiles(anchorFolder(dataFolder))];
  const keys = given.keys ?? (dataFolder === null ? null : await keysIn(dataFolder));
  return keys === null ? null : { crypto: chainCrypto, keys, sinks };
};

const keysIn = async (folder: string): Promise<KeyRing> =>
  (await loadOrMakeKeyFile(auditKeyFile(folder), { randomBytes: (count) => randomBytes(count) })).auditKeys;
