export type { ApiContext } from './context.ts';
export type { ApiDeps, ApiKeys, ApiSettings, AuditAuthority } from './deps.ts';
export type { LatchkeyMetrics } from './metrics/create-metrics.ts';
export { nodeCrypto } from './node-crypto.ts';
export { createLatchkey, type Latchkey, type LatchkeyOptions } from './server/create-latchkey.ts';
export type { MemberRemoval, RemovalReceipt } from './server/member-removed.ts';
export type { AuthenticateMember } from './session/sign-in-method.ts';
