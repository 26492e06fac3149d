import { EXIT, type ExitCode } from '../exit.ts';
import type { MessageKey, Values } from '../language/say.ts';

/** Every failure of the CLI itself, and its exit code. Those of the API have the API's codes. */
export const failureExits = {
  // How it was called.
  UNKNOWN_COMMAND: EXIT.usage,
  UNKNOWN_OPTION: EXIT.usage,
  MISSING_ARGUMENT: EXIT.usage,
  MISSING_VALUE: EXIT.usage,
  EXCESS_ARGUMENTS: EXIT.usage,
  VALUE_NOT_ALLOWED: EXIT.usage,
  OPTIONS_CONFLICT: EXIT.usage,
  COMMAND_INCOMPLETE: EXIT.usage,
  TOKEN_IN_ARGUMENT: EXIT.usage,
  TOKEN_ID_INVALID: EXIT.usage,
  DURATION_INVALID: EXIT.usage,
  DAYS_INVALID: EXIT.usage,
  EXPIRY_INVALID: EXIT.usage,
  STATEMENTS_INVALID: EXIT.usage,
  SETTING_INVALID: EXIT.usage,
  VARIABLE_NAME_INVALID: EXIT.usage,
  PROFILE_NAME_INVALID: EXIT.usage,
  ONE_PLACE_FOR_SECRET: EXIT.usage,
  ENV_NEEDS_SAVE: EXIT.usage,
  SECRET_NEEDS_PLACE: EXIT.usage,
  CONFIRMATION_NEEDED: EXIT.usage,
  FILTER_MISSING: EXIT.usage,
  NAME_MISSING: EXIT.usage,
  TOKEN_NOT_FOUND_IN_TEXT: EXIT.usage,
  // With what.
  URL_MISSING: EXIT.signIn,
  URL_INVALID: EXIT.usage,
  URL_IN_CLEAR: EXIT.usage,
  TOKEN_MISSING: EXIT.signIn,
  TOKEN_OF_ANOTHER_URL: EXIT.signIn,
  TOKEN_MALFORMED: EXIT.signIn,
  VERIFIER_CREDENTIAL_MISSING: EXIT.signIn,
  PROFILE_EXPOSED: EXIT.signIn,
  PROFILE_OF_ANOTHER: EXIT.signIn,
  PROFILE_UNREADABLE: EXIT.signIn,
  // What happened.
  NO_REMOVAL_REPORT: EXIT.notFound,
  NOTHING_COUNTED: EXIT.failed,
  NOTHING_TO_NARROW: EXIT.failed,
  WOULD_REFUSE: EXIT.conflict,
  DECLINED: EXIT.failed,
  INTERRUPTED: EXIT.interrupted,
  FILE_UNREADABLE: EXIT.failed,
  EXPORT_INVALID: EXIT.failed,
  FILE_UNWRITABLE: EXIT.failed,
  FILE_NOT_PLAIN: EXIT.failed,
  COMMAND_FAILED: EXIT.failed,
  PLACE_LOCKED: EXIT.conflict,
  NEWEST_HELD_ELSEWHERE: EXIT.conflict,
  OUTPUT_CLOSED: EXIT.failed,
  SECRET_NOT_KEPT: EXIT.failed,
  UNREACHABLE: EXIT.failed,
  ANSWER_NOT_UNDERSTOOD: EXIT.failed,
  ISSUE_UNCERTAIN: EXIT.failed,
  ROTATION_UNCERTAIN: EXIT.failed,
  ROTATION_UNANSWERED: EXIT.failed,
  UNEXPECTED: EXIT.failed,
} as const satisfies Record<string, ExitCode>;

export type FailureCode = keyof typeof failureExits;

/** Something that the CLI itself can't do. Its message is in the caller's language, made where it is reported. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly code: FailureCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: FailureCode, values: Readonly<Record<string, string | number>>) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** What a failure's message or, where it alone does, its hint names. */
type FailureValues<Code extends FailureCode> =
  Values<Code> extends [] ? (`${Code}.hint` extends MessageKey ? Values<`${Code}.hint`> : []) : Values<Code>;

/** A failure with every value that its message names. None of them is ever a secret. */
export const fail = <Code extends FailureCode>(code: Code, ...[values]: FailureValues<Code>): CliFailure =>
  new CliFailure(code, values ?? {});
