import type { ServerResponse } from 'node:http';

/** Nothing of what the API answers is a document: were one opened as such, it could load and run nothing. */
const API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The console loads its own files and talks to its own origin; nothing of anybody else, nothing inline but the styles
 * that carry this answer's nonce: a library that computes its styles writes them into the page.
 */
export const consoleCsp = (nonce: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    nonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const YEAR_SECONDS = 31_536_000;

/** Names and values in turn. */
export const securityHeaders = (isHttps: boolean): readonly string[] => [
  ...['Content-Security-Policy', API_CSP],
  ...['X-Content-Type-Options', 'nosniff'],
  // A sign-in link stands in a URL: it must not travel on.
  ...['Referrer-Policy', 'no-referrer'],
  ...['X-Frame-Options', 'DENY'],
  ...['Cross-Origin-Opener-Policy', 'same-origin'],
  ...['Cross-Origin-Resource-Policy', 'same-origin'],
  ...(isHttps ? ['Strict-Transport-Security', `max-age=${YEAR_SECONDS}`] : []),
];

/** On every answer, before anything else is decided. */
export const setSecurityHeaders = (response: ServerResponse, headers: readonly string[]): void => {
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] as string, headers[i + 1] as string);
  response.removeHeader('X-Powered-By');
};
