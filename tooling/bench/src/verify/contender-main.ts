import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyContract } from '@latchkey/contract';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type Request } from 'express';
import { openSelectTable } from './select-table.ts';

// What others have to serve, each in a process of its own: `contender-main.ts KIND PORT FILE URL`: the file
// has the presented tokens, one a line, the URL is the database's.
const [, , kind = '', port = '0', file = '', url = ''] = process.argv;

const app = express();
const bearer = (request: Request): string => (request.headers.authorization ?? '').slice('Bearer '.length);
const unauthorized = { error: 'invalid_token' };

const recordOf = (index: number) => ({
  tokenId: `acm${String(index).padStart(13, '0')}`,
  kind: 'personal' as const,
  name: `token ${index}`,
  organizationId: 'acme',
  project: null,
  ownerId: 'dana',
});

const readMap = () => {
  const texts = readFileSync(file, 'utf8').split('\n');
  return new Map(texts.map((text, index) => [hash('sha256', text, 'base64'), recordOf(index)]));
};

switch (kind) {
  case 'express':
    app.get('/', (_request, response) => {
      response.json({ ok: true });
    });
    break;
  case 'express-map': {
    const map = readMap();
    app.get('/', (request, response) => {
      const found = map.get(hash('sha256', bearer(request), 'base64'));
      if (found === undefined) response.status(401).json(unauthorized);
      else response.json(found);
    });
    break;
  }
  case 'express-map-form': {
    // The same request as an introspection: what it asks about stands in a form.
    const map = readMap();
    app.post('/oauth/introspect', express.urlencoded({ extended: false }), (request, response) => {
      const { token } = request.body as { readonly token?: string };
      const found = map.get(hash('sha256', String(token), 'base64'));
      response.json(found === undefined ? { active: false } : { active: true, ...found });
    });
    app.get('/', (_request, response) => void response.json({ ok: true }));
    break;
  }
  case 'express-select': {
    const { find } = openSelectTable(url);
    app.get('/', async (request, response) => {
      const found = await find(bearer(request));
      if (found === null) response.status(401).json(unauthorized);
      else response.json(found);
    });
    break;
  }
  case 'express-better-auth': {
    // Not for the others: what it loads leaves a process whose every look at a text's characters takes longer.
    const { openBetterAuth } = await import('./better-auth.ts');
    const { verify } = await openBetterAuth(url);
    app.get('/', async (request, response) => {
      if (await verify(bearer(request))) response.json({ ok: true });
      else response.status(401).json(unauthorized);
    });
    break;
  }
  case 'trpc': {
    // The same input and output as `verify.verify`, a Map behind it, and nothing else.
    const map = readMap();
    const trpc = initTRPC.create({ isDev: false });
    const router = trpc.router({
      verify: trpc.procedure
        .input(verifyContract.verify.input)
        .output(verifyContract.verify.output)
        .query(({ input }) => {
          const token = map.get(hash('sha256', input.presentedToken, 'base64'));
          return token === undefined ? { accepted: false, status: 401 as const } : { accepted: true as const, token };
        }),
    });
    app.use('/trpc', createExpressMiddleware({ router, allowMethodOverride: true }));
    app.get('/', (_request, response) => void response.json({ ok: true }));
    break;
  }
  default:
    throw new Error(`no contender ${kind}`);
}
app.listen(Number(port), '127.0.0.1');
