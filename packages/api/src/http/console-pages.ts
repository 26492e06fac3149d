import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { page } from './page.ts';
import { CONSOLE_CSP } from './security-headers.ts';

const YEAR_MS = 31_536_000_000;

/**
 * The console's built pages under `/`, from `folder`; where there are none, a page that says so. The pages are public
 * and hold nothing: what they show they ask of the API, with a session.
 */
export const createConsolePages = (folder: string | null): RequestHandler => {
  const index = folder === null ? null : join(folder, 'index.html');
  const router = Router();
  if (folder === null || index === null || !existsSync(index)) {
    router.get('/', (_request, response) => {
      const text = 'The API is running, but this build comes without the pages of the console. Use the API or the CLI.';
      response.status(200).set('Cache-Control', 'no-cache').type('html').send(page('Latchkey', text));
    });
    return router;
  }
  router.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', CONSOLE_CSP);
    next();
  });
  // Built files carry a digest of their content in their names; a dot file is nobody's page.
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false, fallthrough: true }),
  );
  router.use(express.static(folder, { index: false, dotfiles: 'ignore', maxAge: 0 }));
  // Paths inside the console are its own to read; only a browser that asks for a page gets one.
  router.get(/^\/(?:[a-z0-9-]+(?:\/[A-Za-z0-9_.-]*)*)?$/, (request, response, next) => {
    if (request.accepts(['json', 'html']) !== 'html') return next();
    response.set('Cache-Control', 'no-cache').sendFile(index);
  });
  return router;
};
