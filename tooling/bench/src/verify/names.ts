/** Ways to verify in process, as they stand in results. */
export const NAMES = {
  sha: 'SHA-256',
  map: 'SHA-256 with a Map',
  node: 'Latchkey, an API node, with a decision',
  sibling: 'Latchkey, a sibling service, with a decision',
} as const;

/** What others sell, in process too: a database or Redis answers beside them. */
export const BETTER_AUTH = {
  betterAuth: 'better-auth’s api-key plugin on PostgreSQL',
  betterAuthOnRedis: 'better-auth’s api-key plugin on Redis',
} as const;
