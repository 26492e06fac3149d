export type { Clock, Instant } from './clock.ts';
export type { Crypto, Key, KeyRing } from './crypto.ts';
export * from './errors.ts';
export {
  type Host,
  type HostEvent,
  type HostMember,
  type HostPolicy,
  HostUnavailable,
  type IssuerPin,
} from './host.ts';
export type { Tx } from './tx.ts';
