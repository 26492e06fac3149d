import { headerText } from '@latchkey/contract';
import type { LookedUpToken } from '@latchkey/store';

type Identity = Pick<LookedUpToken, 'tokenId' | 'kind' | 'name' | 'organizationId' | 'project' | 'ownerId'>;

/**
 * Who is calling, for the service behind a proxy. All of them are always there, empty where there is nothing to say: a
 * proxy that copies them overwrites whatever the caller sent under the same names.
 */
export const identityHeaders = (token: Identity | null): Readonly<Record<string, string>> => ({
  'Latchkey-Token-Id': token?.tokenId ?? '',
  'Latchkey-Token-Kind': token?.kind ?? '',
  // Percent-encoded outside of visible ASCII, so that no name can break out of its header.
  'Latchkey-Token-Name': headerText(token?.name ?? ''),
  'Latchkey-Organization': headerText(token?.organizationId ?? ''),
  'Latchkey-Project': headerText(token?.project ?? ''),
  'Latchkey-Owner': headerText(token?.ownerId ?? ''),
});
