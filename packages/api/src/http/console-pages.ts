import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { page } from './page.ts';
import { consoleCsp } from './security-headers.ts';

const YEAR_MS = 31_536_000_000;

/** What the build writes into index.html where a nonce is wanted (Vite: `html.cspNonce`). */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/**
 * The console's built pages under `/`, from `folder`; where there are none, a page that says so. The pages are public
 * and hold nothing: what they show they ask of the API, with a session.
 */
export const createConsolePages = (folder: string | null): RequestHandler => {
  const index = folder === null ? null : join(folder, 'index.html');
  if (folder === null || index === null || !existsSync(index)) return missingPages();
  const router = Router();
  const html = readFileSync(index, 'utf8');
  router.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', consoleCsp(null));
    next();
  });
  // Built files carry a digest of their content in their names.
  router.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false }));
  const files = express.static(folder, { index: false, dotfiles: 'ignore', maxAge: 0 });
  // As a file it would have no nonce, and be kept.
  router.use((request, response, next) => (request.path === '/index.html' ? next() : files(request, response, next)));
  // Paths inside the console are its own to read; only a browser that asks for a page gets one.
  router.get(/^\/(?:[a-z0-9-]+(?:\/[A-Za-z0-9_.-]*)*)?$/, (request, response, next) => {
    if (request.accepts(['json', 'html']) !== 'html') return next();
    const nonce = html.includes(NONCE_PLACEHOLDER) ? randomBytes(16).toString('base64url') : null;
    response.setHeader('Content-Security-Policy', consoleCsp(nonce));
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .end(html.replaceAll(NONCE_PLACEHOLDER, nonce ?? ''));
  });
  return router;
};

const missingPages = (): RequestHandler => {
  const router = Router();
  router.get('/', (_request, response) => {
    const text = 'The API is running, but this build comes without the pages of the console. Use the API or the CLI.';
    response.status(200).set('Cache-Control', 'no-store').type('html').end(page('Latchkey', text));
  });
  return router;
};
