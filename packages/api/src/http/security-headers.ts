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

/** On every answer, before anything else is decided. */
export const setSecurityHeaders = (response: ServerResponse, isHttps: boolean): void => {
  response.setHeader('Content-Security-Policy', API_CSP);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // A sign-in link stands in a URL: it must not travel on.
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (isHttps) response.setHeader('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
  response.removeHeader('X-Powered-By');
};
