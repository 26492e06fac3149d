import type { LatchkeyClient } from '@latchkey/client';
import express, { type Express } from 'express';
import { createFlagRouter } from './flag-router.ts';
import { createFlagStore } from './flags.ts';
import { featbitVocabulary, launchdarklyVocabulary } from './vocabulary.ts';

/** The demo's organizations, each with the words of its own policies. */
const ORGANIZATIONS = [
  { id: 'acme', vocabulary: featbitVocabulary },
  { id: 'globex', vocabulary: launchdarklyVocabulary },
] as const;

/** A sibling service of Latchkey: flags that can be listed, toggled and removed by whoever's token may. */
export const createApp = (latchkey: LatchkeyClient): Express => {
  const app = express();
  app.disable('x-powered-by');

  app.get('/', (_request, response) => {
    response.json({
      service: 'Latchkey example service',
      routes: ORGANIZATIONS.flatMap(({ id, vocabulary: { actions } }) => [
        { route: `GET /${id}/projects/shop/environments/prod/flags`, action: actions.list },
        { route: `POST /${id}/projects/shop/environments/prod/flags/checkout/toggle`, action: actions.toggle },
        { route: `DELETE /${id}/projects/shop/environments/prod/flags/checkout`, action: actions.remove },
      ]),
    });
  });
  app.get('/livez', (_request, response) => {
    response.json({ status: 'ok' });
  });
  for (const { id, vocabulary } of ORGANIZATIONS) {
    app.use(`/${id}`, createFlagRouter({ latchkey, organizationId: id, vocabulary, flags: createFlagStore() }));
  }
  return app;
};
