import { HostUnavailable } from '@latchkey/core';
import { errorCodes, LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import { StoreUnavailable } from '@latchkey/store';
import { getTRPCErrorShape, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { version } from '../../src/system/version.ts';
import { faultOf } from '../../src/trpc/fault.ts';
import { appRouter } from '../../src/trpc/router.ts';
import { toTrpcError } from '../../src/trpc/to-trpc-error.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

const shapeOf = (thrown: unknown) =>
  getTRPCErrorShape({
    config: (appRouter as unknown as { _def: { _config: Parameters<typeof getTRPCErrorShape>[0]['config'] } })._def
      ._config,
    error: toTrpcError(faultOf(thrown, 'request-9')),
    type: 'query',
    path: 'tokens.get',
    input: { name: 'sent' },
    ctx: undefined,
  });

describe('what a refused call answers', () => {
  it('a surprise shows nothing of itself, and is logged with the id that is shown', async () => {
    const store = {
      ...installation.deps.store,
      now: () => Promise.reject(new Error('connection string postgres://root:hunter2@db')),
    };
    const olivia = installation.as(await installation.principal('acme', 'olivia'), { store });
    expect(await refusal(olivia.tokens.list())).toEqual({ code: 'INTERNAL', details: { incidentId: 'request-1' } });
    const line = installation.logged.find((each) => each.includes('call failed'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ requestId: 'request-1', path: 'tokens.list' });
    expect(shapeOf(new Error('hunter2'))).toEqual({
      code: -32603,
      message: publicErrorOf('INTERNAL').message,
      data: { code: 'INTERNAL', httpStatus: 500, path: 'tokens.get', details: { incidentId: 'request-9' } },
    });
  });

  it('FAIL-CLOSED: an outage is 503, of the store and of the host', async () => {
    const { host, store } = installation.deps;
    const outages = [
      {
        parts: { host: { ...host, catalogue: () => Promise.reject(new HostUnavailable('down')) } },
        code: 'HOST_UNAVAILABLE',
      },
      {
        parts: { store: { ...store, unitOfWork: { run: () => Promise.reject(new StoreUnavailable('down')) } } },
        code: 'STORE_UNAVAILABLE',
      },
    ] as const;
    const principal = await installation.principal('acme', 'dana');
    for (const { parts, code } of outages) {
      const refused = await refusal(installation.as(principal, parts).tokens.issue({ name: 'unlucky' }));
      expect(refused).toEqual({ code, details: {} });
      expect(publicErrorOf(code).httpStatus).toBe(503);
    }
  });

  it('every code has the status of its row, and tRPC answers with the same', () => {
    for (const code of errorCodes) {
      const error = new LatchkeyError(code);
      const { httpStatus, message } = publicErrorOf(code);
      expect(shapeOf(error)).toMatchObject({ message, data: { code, httpStatus, path: 'tokens.get' } });
      // tRPC has no name for 431; every other status is also that of the HTTP answer.
      if (httpStatus !== 431)
        expect([code, getHTTPStatusCodeFromError(toTrpcError(error))]).toEqual([code, httpStatus]);
    }
    expect(shapeOf(new TRPCError({ code: 'PARSE_ERROR' })).data).toMatchObject({ code: 'BAD_JSON', httpStatus: 400 });
    expect(shapeOf(new TRPCError({ code: 'NOT_FOUND' })).data).toMatchObject({ code: 'NOT_FOUND', httpStatus: 404 });
  });

  it('an answer that does not fit the contract is never sent', async () => {
    const { store } = installation.deps;
    const tokens = { ...store.tokens, listSome: async () => ({ tokens: [{ tokenId: 7 }], goOn: null }) as never };
    const olivia = installation.as(await installation.principal('acme', 'olivia'), { store: { ...store, tokens } });
    expect((await refusal(olivia.tokens.list())).code).toBe('INTERNAL');
  });
});

describe('where a host owns members, or cannot pin', () => {
  it('the directory’s procedures name the host, and service tokens are not issued', async () => {
    const principal = await installation.principal('acme', 'olivia');
    const foreign = installation.as(principal, { directory: null });
    for (const call of [
      foreign.members.list(),
      foreign.members.remove({ memberId: 'dana' }),
      foreign.policies.list(),
      foreign.groups.clone({ groupId: 'platform-team', name: 'x' }),
    ].map(refusal)) {
      expect((await call).code).toBe('HOST_OWNS_THIS');
    }
    const unpinned = installation.as(principal, { host: { ...installation.deps.host, issuerPin: null } });
    const permissions = { type: 'ability', ability: 'read' } as const;
    expect((await refusal(unpinned.tokens.issue({ kind: 'service', name: 'x', permissions }))).code).toBe(
      'HOST_CANNOT_PIN',
    );
    expect((await unpinned.tokens.issue({ name: 'personal all the same' })).token.kind).toBe('personal');
  });
});

describe('health', () => {
  it('says ok or failing to anybody, and nothing else', async () => {
    expect(version).toBe(packageJson.version);
    expect(await installation.as(null).system.health()).toEqual({
      status: 'ok',
      version,
      checks: { store: 'ok', host: 'ok' },
    });
    const store = { ...installation.deps.store, now: () => Promise.reject(new StoreUnavailable('at 10.0.0.7')) };
    expect(await installation.as(null, { store }).system.health()).toEqual({
      status: 'degraded',
      version,
      checks: { store: 'failing', host: 'ok' },
    });
  });
});
