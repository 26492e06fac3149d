export { type ExpandableAbility, expandAbility } from './abilities.ts';
export type {
  AccessLevel,
  CatalogueAction,
  CatalogueResourceType,
  ManagedVerb,
  ManagementRequest,
  PermissionCatalogue,
  TokenManagement,
} from './catalogue.ts';
export { compilePermissions } from './compile.ts';
export { type Coverage, type CoversOptions, covers } from './covers/covers.ts';
export { type Difference, diffPermissions, type PermissionDiff } from './covers/diff.ts';
export type { Counterexample } from './covers/witness-text.ts';
export { type Decision, decide } from './decide.ts';
export { decideLayers, type Layer, type LayeredDecision, type PermissionLayer } from './decide-layers.ts';
export { type Explanation, explain, type MatchedStatement, type NearMiss } from './explain.ts';
export {
  type ExplainedLayer,
  explainLayers,
  type LayeredExplanation,
  type UnknownLayer,
} from './explain-layers.ts';
export { intersect } from './intersect.ts';
export { LIMITS } from './limits.ts';
export { type ManagementIds, managementRequest, type ServiceVerb } from './management.ts';
export { managementDenies, restrictManagement, withoutUnnamedManagement } from './management-denies.ts';
export type { Missing } from './missing.ts';
export { parsePolicies, parseStatements } from './parse.ts';
export type { PermissionSet } from './permission-set.ts';
export type { Dialect, Effect, Policy, RoleAttributes, Statement } from './policy.ts';
export type { ParseResult, PolicyProblem, PolicyProblemCode } from './problem.ts';
export { InvalidCatalogue, readCatalogue } from './read-catalogue.ts';
export { type HostPolicies, readHostPolicies } from './read-host.ts';
export type { Request } from './request.ts';
export {
  InvalidResourceName,
  parseResource,
  type ResourceName,
  type ResourceSegment,
  resource,
  type Segment,
  type SegmentDetails,
} from './resource.ts';
export { resourcePath } from './resource-path.ts';
export { serviceDenies, withDenies } from './service-denies.ts';
export type { StatementReference } from './statement.ts';
export type { Steps } from './steps.ts';
export { type Generalization, suggestPermissions, type UsedPermission } from './suggest.ts';
export { type TemplateId, type TokenTemplate, templateIds, tokenTemplates } from './templates.ts';
export { checkTokenLimits } from './token-limits.ts';
export { findUnknownActions } from './unknown-actions.ts';
export {
  type DescribedExplanation,
  type DescribedLayer,
  type DescribeOptions,
  describeExplanation,
} from './words/describe-explanation.ts';
export type { Language } from './words/language.ts';
export { createSay, type Say } from './words/say.ts';
