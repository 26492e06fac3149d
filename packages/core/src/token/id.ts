import type { Crypto } from '../crypto.ts';
import { randomBase62 } from './base62.ts';
import { INSTALLATION_ROUTING_KEY, ROUTING_KEY_LENGTH, TOKEN_ID_LENGTH } from './format.ts';

/** A bucket for a new organization: 3 base62 characters. It places rows and routes requests; it names nobody. */
export const mintRoutingKey = (crypto: Pick<Crypto, 'randomBytes'>): string => {
  for (;;) {
    const routingKey = randomBase62(crypto, ROUTING_KEY_LENGTH);
    if (routingKey !== INSTALLATION_ROUTING_KEY) return routingKey;
  }
};

/** Unknown input as a routing key, or `null`. The installation's own, `000`, is one. */
export const parseRoutingKey = (input: unknown): string | null =>
  typeof input === 'string' && /^[0-9A-Za-z]{3}$/.test(input) ? input : null;

/** A fresh token id: the routing key and 13 random characters, 77 bits. Unique in practice; the store makes sure. */
export const newTokenId = (crypto: Pick<Crypto, 'randomBytes'>, routingKey: string): string => {
  if (parseRoutingKey(routingKey) === null) throw new RangeError('a routing key is 3 base62 characters');
  return routingKey + randomBase62(crypto, TOKEN_ID_LENGTH - ROUTING_KEY_LENGTH);
};

/** Unknown input as a token id, or `null`. */
export const parseTokenId = (input: unknown): string | null =>
  typeof input === 'string' && /^[0-9A-Za-z]{16}$/.test(input) ? input : null;

export const routingKeyOf = (tokenId: string): string => tokenId.slice(0, ROUTING_KEY_LENGTH);

/**
 * The token id in what somebody found: an id, a whole token, one that was cut short or one whose secret was redacted.
 * `null` where there is none. Whoever asks "whose is this?" cuts the id out here and sends nothing else.
 */
export const tokenIdOf = (found: string): string | null =>
  parseTokenId(found) ?? /^[a-z][a-z0-9]{1,9}_(?:pat|svc|sys)_([0-9A-Za-z]{16})(?:_.*)?$/s.exec(found)?.[1] ?? null;
