import type { KeyRing } from '@latchkey/core';
import type { KeyUse } from '@latchkey/store';
import { type Finding, fail, ok, warn } from './finding.ts';

const NAMES = {
  pepper: { check: 'peppers', variable: 'LATCHKEY_PEPPERS', rows: 'secrets' },
  tag: { check: 'tag keys', variable: 'LATCHKEY_TAG_KEYS', rows: 'secrets' },
  audit: { check: 'audit keys', variable: 'LATCHKEY_AUDIT_KEYS', rows: 'seals' },
} as const;

/** Ids only: of a key itself nothing is ever said (SECRET-ONCE). `null`: this ring is not known here. */
export const judgeKeys = (ring: KeyUse['ring'], keys: KeyRing | null, uses: readonly KeyUse[]): Finding => {
  const { check, variable, rows } = NAMES[ring];
  const used = uses.filter((use) => use.ring === ring);
  const list = (some: readonly KeyUse[]) => some.map(({ keyId, count }) => `${keyId} (${count} ${rows})`).join(', ');
  if (keys === null) {
    return used.length === 0
      ? ok(check, 'None is known here, and none is in use.')
      : warn(check, `In use: ${list(used)}. None is known here: give ${variable}, or LATCHKEY_DATA_DIR.`);
  }
  const known = new Set(keys.map(({ id }) => id));
  const missing = used.filter(({ keyId }) => !known.has(keyId));
  if (missing.length > 0) {
    return fail(check, `Rows need keys that are not in ${variable}: ${list(missing)}. Put them back.`);
  }
  const current = keys[0]?.id;
  const old = used.filter(({ keyId }) => keyId !== current);
  const unused = [...known].filter((id) => id !== current && !used.some(({ keyId }) => keyId === id));
  const retire = unused.length === 0 ? '' : ` No row needs ${unused.join(', ')}: it may be retired.`;
  const says = `The current one is ${current ?? 'none'}.`;
  return old.length > 0
    ? ok(check, `${says} Still in use: ${list(old)}.${retire}`)
    : ok(check, `${says} In use: ${list(used) || 'none'}.${retire}`);
};
