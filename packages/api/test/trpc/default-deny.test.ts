import {
  type Contract,
  contract,
  type Input,
  type Output,
  type ProcedureName,
  type RouterName,
} from '@latchkey/contract';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ApiContext } from '../../src/context.ts';
import type { Principal } from '../../src/principal.ts';
import { type AppRouter, appRouter } from '../../src/trpc/router.ts';
import type { ProcedureMeta } from '../../src/trpc/trpc.ts';
import { refusal } from '../refusal.ts';

interface Typed<I, O> {
  readonly _def: { readonly $types: { readonly input: I; readonly output: O } };
}

/** Everything that may be called by nobody in particular. Whoever adds to it says why. */
// The demo's page has to list whom one may sign in as before anybody is signed in; elsewhere it says nothing.
const PUBLIC = ['system.demo', 'system.health'];

interface Walked {
  readonly name: string;
  readonly type: string;
  readonly requirement: ProcedureMeta['requirement'] | undefined;
}

const procedures: readonly Walked[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { readonly _def: { meta?: ProcedureMeta; type: string } }>,
).map(([name, procedure]) => {
  const { meta, type } = procedure._def;
  return { name, type, requirement: meta?.requirement };
});
const guarded = procedures.filter(({ name }) => !PUBLIC.includes(name));

// Nothing behind the door may be touched by a call that is turned away at it.
const untouchable = new Proxy(
  {},
  {
    get: (_, part) => {
      // Counted in memory, for the trail; nothing is read and nothing is asked for it.
      if (part === 'deniedCalls') return { note: () => undefined };
      throw new Error(`a refused call touched ${String(part)}`);
    },
  },
) as ApiContext['deps'];

const call = (name: string, principal: Principal | null, input: unknown = undefined): Promise<unknown> => {
  const caller = appRouter.createCaller({
    deps: untouchable,
    principal,
    call: { requestId: 'request-1', address: null, client: null },
    clearSession: () => undefined,
  });
  const [router = '', procedure = ''] = name.split('.');
  const routers = caller as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  return routers[router]?.[procedure]?.(input) ?? Promise.reject(new Error(`no procedure ${name}`));
};

const verifier: Principal = {
  type: 'credential',
  credential: {
    credentialId: '0000000000000000',
    role: 'verifier',
    name: 'sibling',
    organizationIds: null,
    createdAt: 0,
    revokedAt: null,
    recalled: false,
  },
  stands: () => true,
};
const operator: Principal = { ...verifier, credential: { ...verifier.credential, role: 'operator' } };
const member: Principal = {
  type: 'member',
  organizationId: 'acme',
  layers: [],
  session: { createdAt: 0, digest: null },
  member: {
    organizationId: 'acme',
    memberId: 'nobody',
    email: 'nobody@acme.example',
    name: 'Nobody',
    locale: 'en',
    status: 'active',
    memberSince: 0,
    policies: [],
    attributes: {},
    revision: '1',
  },
};

describe('DEFAULT-DENY', () => {
  it('every procedure declares a requirement, and the public ones are those of the list', () => {
    expect(procedures.filter(({ requirement }) => requirement === undefined)).toEqual([]);
    expect(procedures.filter(({ requirement }) => requirement?.type === 'public').map(({ name }) => name)).toEqual(
      PUBLIC,
    );
  });

  it.each(guarded)('$name refuses a caller without a credential, before anything is read', async ({ name }) => {
    expect(await refusal(call(name, null, { nonsense: true }))).toEqual({ code: 'UNAUTHORIZED', details: {} });
  });

  it.each(guarded)('$name takes no credential of another kind', async ({ name, requirement }) => {
    const wrong =
      requirement?.type === 'verifier'
        ? [member, operator]
        : requirement?.type === 'operator'
          ? [member, verifier]
          : [verifier, operator];
    for (const principal of wrong) {
      expect(await refusal(call(name, principal))).toMatchObject({ code: 'CREDENTIAL_KIND' });
    }
  });
});

describe('the router is the contract', () => {
  it('has its procedures and no others, queries as queries and mutations as mutations', () => {
    const promised = Object.entries(contract).flatMap(([router, entries]) =>
      Object.entries(entries).map(([name, { type }]) => `${type} ${router}.${name}`),
    );
    expect(procedures.map(({ name, type }) => `${type} ${name}`).sort()).toEqual(promised.sort());
  });

  it('takes and gives what the contract says, to the type', () => {
    // What the resolvers take and give; on its way out tRPC maps types once more, as JSON does.
    type Routers = AppRouter['_def']['record'];
    type Implemented = {
      [R in keyof Routers]: { [P in keyof Routers[R]]: Routers[R][P] extends Typed<infer I, infer O> ? [I, O] : never };
    };
    type Given<R extends RouterName, P extends ProcedureName<R>> = Contract[R][P] extends { type: 'subscription' }
      ? AsyncIterable<Output<R, P>, void, undefined>
      : Output<R, P>;
    type Promised = { [R in RouterName]: { [P in ProcedureName<R>]: [Input<R, P>, Given<R, P>] } };
    expectTypeOf<Implemented>().toEqualTypeOf<Promised>();
  });
});
