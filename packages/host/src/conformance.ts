export { describeHostConformance } from './conformance/describe-host-conformance.ts';
export type { HostFixture, NewGroup, NewMember, NewPolicy, Platform } from './conformance/fixture.ts';
export type { Expectation, Runner } from './conformance/runner.ts';
