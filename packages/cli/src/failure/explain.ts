import { LatchkeyUnavailable } from '@latchkey/client';
import { TRPCClientError } from '@trpc/client';
import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from '../exit.ts';
import { fill, isMessageKey, type Say } from '../language/say.ts';
import { CliFailure, fail, failureExits } from './cli-failure.ts';
import { ofCommander } from './of-commander.ts';

/** A failure as it is told: to people as sentences, to programs by its code. Holds nothing that was presented. */
export interface Explanation {
  /** Stable: the API's, or the CLI's own. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly exit: ExitCode;
}

export const explain = (error: unknown, say: Say): Explanation => {
  if (error instanceof CliFailure) return ofOurs(error, say);
  if (error instanceof CommanderError) return ofOurs(ofCommander(error), say);
  if (error instanceof LatchkeyUnavailable && error.cause !== undefined) return explain(error.cause, say);
  if (error instanceof LatchkeyUnavailable) return ofOurs(fail('ANSWER_NOT_UNDERSTOOD'), say);
  if (error instanceof TRPCClientError) return ofApi(error, say);
  // Its text is left out: nobody has looked at what a surprise quotes.
  return ofOurs(fail('UNEXPECTED', { kind: error instanceof Error ? error.name : typeof error }), say);
};

const ofOurs = ({ code, values }: CliFailure, say: Say): Explanation => ({
  code,
  message: text(code, values, say) ?? code,
  hint: text(`${code}.hint`, values, say),
  details: values,
  exit: failureExits[code],
});

// The messages come from elsewhere than the values: the compiler has checked each pair where it was made.
const text = (key: string, values: Readonly<Record<string, string | number>>, say: Say): string | null =>
  isMessageKey(key) ? fill((say as (key: string) => string)(key), values) : null;

interface Refusal {
  readonly code?: unknown;
  readonly httpStatus?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

const ofApi = (error: TRPCClientError<never>, say: Say): Explanation => {
  const data = error.data as Refusal | null | undefined;
  if (typeof data?.code !== 'string' || typeof data.httpStatus !== 'number') return ofOurs(networkFailure(error), say);
  const details = data.details ?? {};
  const values = Object.fromEntries(Object.entries(details).map(([name, value]) => [name, show(value)]));
  return {
    code: data.code,
    // A server that is newer than this CLI has codes that it does not know; its own sentence is in English.
    message: text(data.code, {}, say) ?? error.message,
    hint: [text(`${data.code}.hint`, values, say), showProblems(details)].filter(Boolean).join(' ') || null,
    details,
    exit: exitOfStatus[data.httpStatus] ?? EXIT.failed,
  };
};

const exitOfStatus: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.signIn,
  403: EXIT.denied,
  404: EXIT.notFound,
  409: EXIT.conflict,
  422: EXIT.conflict,
};

/** No answer, or one that no Latchkey has given. */
const networkFailure = (error: TRPCClientError<never>): CliFailure => {
  const cause = error.cause;
  // A body that is no JSON: a proxy, or another server at this address.
  if (cause instanceof SyntaxError) return fail('ANSWER_NOT_UNDERSTOOD');
  return fail('UNREACHABLE', { because: networkCodeOf(cause) ?? (cause instanceof Error ? cause.name : 'unknown') });
};

/** Such as ECONNREFUSED, ENOTFOUND or CERT_HAS_EXPIRED: Node puts it into the cause of its own error. */
export const networkCodeOf = (error: unknown): string | null => {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return null;
};

const show = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const request = value as { readonly action?: unknown; readonly resource?: unknown } | null;
  if (typeof request?.action === 'string') return `${request.action} ${String(request.resource ?? '')}`.trim();
  return JSON.stringify(value) ?? '';
};

/** Places and sentences of the details' problems, where there are some. */
const showProblems = ({ problems }: Readonly<Record<string, unknown>>): string => {
  if (!Array.isArray(problems)) return '';
  return problems
    .map((each: unknown) => {
      const { path, message, code } = (each ?? {}) as Readonly<Record<string, unknown>>;
      const sentence = [path, message ?? code].filter((part) => typeof part === 'string' && part !== '').join(': ');
      return sentence || show(each);
    })
    .join('; ');
};
