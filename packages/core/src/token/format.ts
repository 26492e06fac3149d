/** `<prefix>_<kind>_<id>_<secret><tag><checksum>`: the parts of a token's text, in characters. */
export const ROUTING_KEY_LENGTH = 3;
export const TOKEN_ID_LENGTH = 16;
export const SECRET_LENGTH = 37;
export const TAG_LENGTH = 6;
export const CHECKSUM_LENGTH = 6;
export const MAX_TEXT_LENGTH = 128;

/** The installation's own: its credentials belong to no organization. */
export const INSTALLATION_ROUTING_KEY = '000';

/** `system`: a verifier or an operator credential of the installation. */
export type TokenKind = 'personal' | 'service' | 'system';

export type WireKind = 'pat' | 'svc' | 'sys';

export const wireKindOf = { personal: 'pat', service: 'svc', system: 'sys' } as const satisfies Record<
  TokenKind,
  WireKind
>;

export const kindOfWire = { pat: 'personal', svc: 'service', sys: 'system' } as const satisfies Record<
  WireKind,
  TokenKind
>;

/** 2 to 10 lower-case letters or digits, first a letter. */
export const isTokenPrefix = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z][a-z0-9]{1,9}$/.test(text);
