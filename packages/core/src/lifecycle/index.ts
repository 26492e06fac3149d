export { type Address, type AddressRange, parseAddress } from './address.ts';
export {
  type AddressProblem,
  type AddressProblemCode,
  type AddressRangeResult,
  type AddressRangesResult,
  addressIsWithin,
  cidrContains,
  parseAddressRange,
  parseAddressRanges,
  rangesAreWithin,
} from './cidr.ts';
export { type Gates, isOwnerRemoved, isRecalled, type Marks, raiseMark } from './mark.ts';
export { type NameProblem, type NameProblemCode, nameKey, nameProblems } from './name.ts';
export { httpClassOf, type RejectionReason, rejectionReasons } from './rejection.ts';
export {
  liveSecrets,
  newestSecret,
  planRotation,
  type RotationInput,
  type RotationPlan,
  type SecretFacts,
} from './rotation.ts';
export { planRepeat, type RepeatInput, type RepeatPlan } from './rotation-repeat.ts';
export {
  type ByKind,
  defaultSettings,
  type ExpiryInput,
  type ExpiryPlan,
  type OrganizationSettings,
  planExpiry,
} from './settings.ts';
export { type TokenState, type TokenVerb, type Transition, type TransitionFacts, transition } from './state.ts';
export { credentialVerdictOf, type TokenFacts, type Verdict, type VerdictInput, verdictOf } from './verdict.ts';
