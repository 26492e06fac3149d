import type { ServerResponse } from 'node:http';

/** RFC 6265bis, section 4.1.3.2: a cookie of this prefix is Secure, of this host alone, and for all of its paths. */
export const SESSION_COOKIE = '__Host-latchkey';

/** The values of every session cookie that was sent: more than one is for the caller to refuse. */
export const readSessionCookies = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));

// Secure also on http://127.0.0.1: browsers take a loopback address for a secure context.
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** `maxAgeMs` is the absolute lifetime; the server ends an idle session sooner. */
export const setSessionCookie = (response: ServerResponse, secret: string, maxAgeMs: number): void => {
  const maxAge = Math.floor(maxAgeMs / 1_000);
  response.appendHeader('Set-Cookie', `${SESSION_COOKIE}=${secret}; ${ATTRIBUTES}; Max-Age=${maxAge}`);
};

export const clearSessionCookie = (response: ServerResponse): void => {
  response.appendHeader('Set-Cookie', `${SESSION_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
};
