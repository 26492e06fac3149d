import type { StatementReference } from './statement.ts';

/** Whether a request is allowed, and the first statement that made it so. */
export type Decision =
  | { readonly effect: 'allow'; readonly by: StatementReference }
  /** Something would have allowed the request but for this deny. */
  | { readonly effect: 'deny'; readonly because: 'explicit_deny'; readonly by: StatementReference }
  /** Nothing allows it, whatever denies there are. */
  | { readonly effect: 'deny'; readonly because: 'no_allow'; readonly by: null };

export const NO_ALLOW: Decision = Object.freeze({ effect: 'deny', because: 'no_allow', by: null });

export const allowBy = (by: StatementReference): Decision => Object.freeze({ effect: 'allow', by });

export const denyBy = (by: StatementReference): Decision =>
  Object.freeze({ effect: 'deny', because: 'explicit_deny', by });
