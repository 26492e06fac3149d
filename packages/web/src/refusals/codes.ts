import type { LatchkeyErrorShape } from '@latchkey/client';

/** Every code that the API refuses with. */
export type ErrorCode = LatchkeyErrorShape['data']['code'];

/** What can be wrong with the text of a policy, and where a problem's `path` leads to. */
export type { PolicyProblemCode } from '@latchkey/core/policy';

/** What can be wrong with a name by itself, as `tokens.isNameTaken` says it. */
export type NameProblemCode = 'not_text' | 'empty' | 'too_long' | 'ends_in_white_space' | 'invisible_character';
