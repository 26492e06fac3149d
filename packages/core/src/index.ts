export type { Clock, Instant } from './clock.ts';
export type { Crypto, Key, KeyRing } from './crypto.ts';
export * from './errors.ts';
export type { Host, HostEvent, HostMember, HostPolicy, IssuerPin } from './host.ts';
export { HostUnavailable } from './host.ts';
export type * from './policy/catalogue.ts';
export type { Dialect, Effect, Policy, RoleAttributes, Statement } from './policy/policy.ts';
export type {
  Ability,
  FrozenPermissions,
  FrozenSource,
  PersonalPermissions,
  TokenPermissions,
} from './token-permissions.ts';
export type { Tx } from './tx.ts';
