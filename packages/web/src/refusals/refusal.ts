import type { ErrorCode } from './codes.ts';

/** Why a call gave nothing: refused by the API with one of its codes, or no answer that could be read. */
export type Refusal =
  | {
      readonly type: 'refused';
      readonly code: ErrorCode;
      readonly httpStatus: number;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'unreachable' };

/** tRPC's client puts what the API says into `data`; whatever else was thrown has none. */
export const refusalOf = (error: unknown): Refusal => {
  const data = (error as { readonly data?: unknown } | null)?.data as
    | { readonly code?: unknown; readonly httpStatus?: unknown; readonly details?: unknown }
    | null
    | undefined;
  if (typeof data?.code !== 'string' || typeof data.httpStatus !== 'number') return { type: 'unreachable' };
  const details = typeof data.details === 'object' && data.details !== null ? data.details : {};
  return {
    type: 'refused',
    // A newer server may have codes that this build has no message for; what shows them falls back.
    code: data.code as ErrorCode,
    httpStatus: data.httpStatus,
    details: details as Record<string, unknown>,
  };
};

export const isSignedOut = (error: unknown): boolean => {
  const refusal = refusalOf(error);
  return refusal.type === 'refused' && refusal.httpStatus === 401;
};

/** Outages pass; a refusal stays one, however often it is asked for. */
export const isWorthRepeating = (error: unknown): boolean => {
  const refusal = refusalOf(error);
  return refusal.type === 'unreachable' || refusal.httpStatus === 503;
};

/** A request that an error's details show, as `{ action, resource }`. */
export const requestIn = (value: unknown): { readonly action: string; readonly resource: string } | null => {
  const { action, resource } = (value ?? {}) as { readonly action?: unknown; readonly resource?: unknown };
  return typeof action === 'string' && typeof resource === 'string' ? { action, resource } : null;
};

/** Problems with their places, where the details list any. */
export const problemsIn = (
  details: Readonly<Record<string, unknown>>,
): readonly { readonly path: string; readonly code: string; readonly message: string }[] => {
  const problems = details['problems'];
  if (!Array.isArray(problems)) return [];
  return problems.map((problem: { path?: unknown; code?: unknown; message?: unknown }) => ({
    path: String(problem?.path ?? ''),
    code: String(problem?.code ?? ''),
    message: String(problem?.message ?? ''),
  }));
};
