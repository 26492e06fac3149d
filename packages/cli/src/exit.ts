import { ConfigMissing } from './config.ts';

/** Exit codes are part of the interface: scripts branch on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, notFound: 3, signIn: 4, denied: 5, conflict: 6 } as const;

/** What went wrong in one line for stderr, and the exit code that belongs to it. Holds nothing that was presented. */
export const failureOf = (error: unknown): { readonly line: string; readonly code: number } => {
  if (error instanceof ConfigMissing) return { line: error.message, code: EXIT.signIn };
  const data = (error as { readonly data?: { readonly code?: string; readonly httpStatus?: number } | null }).data;
  if (!data?.httpStatus) return { line: 'Latchkey could not be reached.', code: EXIT.failed };
  const line = `${data.code ?? 'INTERNAL'}: ${(error as Error).message}`;
  return { line, code: codes[data.httpStatus] ?? EXIT.failed };
};

const codes: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.signIn,
  403: EXIT.denied,
  404: EXIT.notFound,
  409: EXIT.conflict,
  422: EXIT.conflict,
};
