import { spendSecrets } from '@latchkey/core/token';
import type { TokenWithDigests } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';

/** Their digests become one-way images: what was cut is recognised when it is used late, and never accepted. */
export const cutSecrets = async (
  { store, crypto, keys }: ApiDeps,
  { tx, organizationId }: Acting,
  { tokenId, secrets }: TokenWithDigests,
  numbers: readonly number[],
): Promise<void> => {
  if (numbers.length === 0) return;
  const spent = spendSecrets(
    crypto,
    keys.peppers,
    secrets.filter(({ number }) => numbers.includes(number)),
  );
  await store.tokens.spendSecrets(tx, organizationId, tokenId, spent);
};
