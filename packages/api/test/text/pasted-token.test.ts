import { contract } from '@latchkey/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { crawledCalls } from '../walls/crawl/calls.ts';
import type { Targets } from '../walls/crawl/world.ts';

let installation: Installation;
let olivia: Caller;
let canary: string;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  canary = (await olivia.tokens.issue({ name: 'canary' })).tokenText;
});
afterAll(() => installation.close());

interface Call {
  readonly procedure: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A well-formed input of every procedure: what the crawl of all procedures would send. */
const wellFormed = async (): Promise<readonly Call[]> => {
  const id = '0123456789abcdef';
  const ids = { own: id, others: id, service: id, wide: id, memberId: 'member', policyId: 'policy', groupId: 'group' };
  const reads = { type: 'statements' as const, statements: [{ effect: 'allow', actions: ['read'], resources: ['*'] }] };
  const policy = { statements: reads.statements, given: 'developer' };
  const targets = { ...ids, receipt: 'cursor-1.a.1.zzzz', tokenText: '', reads, policy } as unknown as Targets;
  const sent: Call[] = [];
  const recording = (router: string) =>
    new Proxy(
      {},
      {
        get: (_, name) => async (input: unknown) =>
          void sent.push({ procedure: `${router}.${String(name)}`, input: (input ?? {}) as Call['input'] }),
      },
    );
  const as = new Proxy({}, { get: (_, router) => recording(String(router)) }) as Caller;
  // One that goes on with its answer has sent its input before.
  for (const { call } of crawledCalls) await call(as, targets).catch(() => undefined);
  return sent;
};

/** The input once for each text in it, with another text in its place. */
const variants = (
  value: unknown,
  text: string,
  path = '',
): readonly { readonly path: string; readonly value: unknown }[] => {
  if (typeof value === 'string') return [{ path, value: text }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      variants(item, text, `${path}[${index}]`).map((each) => ({ ...each, value: value.with(index, each.value) })),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    variants(item, text, path === '' ? key : `${path}.${key}`).map((each) => ({
      ...each,
      value: { ...value, [key]: each.value },
    })),
  );
};

/** Texts that the procedure takes and that the input leaves out. */
const withOptionalTexts = ({ procedure, input }: Call): Call['input'] => {
  const [router = '', name = ''] = procedure.split('.');
  const procedures = contract as unknown as Record<string, Record<string, { readonly input: z.ZodType }>>;
  const schema = procedures[router]?.[name]?.input ?? z.void();
  if (schema instanceof z.ZodVoid) return input;
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const texts = Object.entries(properties).flatMap(([key, property]) => {
    const options = [property, ...(typeof property === 'object' ? (property.anyOf ?? []) : [])];
    const isText = options.some(
      (each) => typeof each === 'object' && each.type === 'string' && !each.enum && !each.format,
    );
    return isText && !(key in input) ? [key] : [];
  });
  return { ...input, ...Object.fromEntries(texts.map((key) => [key, 'abc'])) };
};

const callAs = (caller: Caller, procedure: string, input: unknown): Promise<unknown> => {
  const [router = '', name = ''] = procedure.split('.');
  const routers = caller as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  return routers[router]?.[name]?.(input) ?? Promise.reject(new Error(`no procedure ${procedure}`));
};

it('SECRET-ONCE: a token that is pasted into any text of any call is refused, not repeated, not stored and not logged', async () => {
  const secret = canary.slice(-30);
  const before = (await installation.dump()).length;
  const seen = new Map<string, string>();
  for (const call of await wellFormed()) {
    // Verifying is what tokens are presented for.
    if (call.procedure.startsWith('verify.')) continue;
    const by = call.procedure === 'system.emergencyOfInstallation' ? installation.operator() : olivia;
    for (const { path, value } of variants(withOptionalTexts(call), canary)) {
      const where = `${call.procedure} ${path}`;
      if (seen.has(where)) continue;
      const refused = await refusal(callAs(by, call.procedure, value)).catch((error: unknown) => {
        throw new Error(`${where} took it`, { cause: error });
      });
      expect(JSON.stringify(refused)).not.toContain(secret);
      seen.set(where, refused.code);
    }
  }
  // Where a text may be anything, the answer says what was wrong with this one; elsewhere it is no id, no instant, no member of a list.
  expect([...new Set(seen.values())].sort()).toEqual(['BAD_INPUT', 'TEXT_CONTAINS_TOKEN']);
  for (const where of [
    'tokens.issue name',
    'tokens.issue description',
    'tokens.revoke reason',
    'policies.create name',
    'groups.update description',
    'members.add name',
    'tokens.list nameContains',
    'tokens.issue idempotencyKey',
  ]) {
    expect([where, seen.get(where)]).toEqual([where, 'TEXT_CONTAINS_TOKEN']);
  }
  expect(seen.size).toBeGreaterThan(120);
  expect((await installation.dump()).length).toBe(before);
  expect(installation.logged.join('\n')).not.toContain(secret);
}, 120_000);
