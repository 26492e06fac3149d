import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps.ts';

/** The process answers. Nothing else is asked: a restart would mend nothing that is wrong elsewhere. */
export const livez: RequestHandler = (_request, response) => {
  response.set('Cache-Control', 'no-store').json({ status: 'ok' });
};

/** Whether requests may be sent here: the store answers and has the schema that this release works with. */
export const createReadyz =
  (deps: Pick<ApiDeps, 'store' | 'logger' | 'verifier'>, isClosing: () => boolean): RequestHandler =>
  async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      const pending = isClosing() ? [] : await deps.store.pendingMigrations();
      const ready = !isClosing() && pending.length === 0;
      response.status(ready ? 200 : 503).json({
        status: ready ? 'ok' : 'failing',
        // Without a lease it asks the store each time: slower, and as right. So it is told, and is no reason to send nobody.
        checks: { store: 'ok', migrations: pending.length === 0 ? 'ok' : 'pending', lease: leaseOf(deps) },
      });
    } catch (error) {
      deps.logger.warn({ err: error }, 'not ready');
      response
        .status(503)
        .json({ status: 'failing', checks: { store: 'failing', migrations: 'unknown', lease: leaseOf(deps) } });
    }
  };

const leaseOf = ({ verifier }: Pick<ApiDeps, 'verifier'>) => verifier.metrics().lease;
