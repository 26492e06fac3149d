import { auditExportLineSchema, auditExportStubSchema, type Output } from '@latchkey/contract';
import type { Anchor } from '@latchkey/core/audit';
import { dropAuditMonth, type OpenStore } from '@latchkey/store';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ApiDeps } from '../../src/deps.ts';
import { nodeCrypto } from '../../src/node-crypto.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { AUDIT_KEYS, addEvents, headOf, sealTrail } from './seal-trail.ts';

let installation: Installation;
let worker: OpenStore;
let anchors: Anchor[];
let olivia: Caller;

const monthsAgo = (count: number, now = new Date()) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 2);

/** Seals what there is in the middle of that month, and anchors it. */
const sealIn = async (ago: number) => {
  await sealTrail({ ...worker, now: async () => monthsAgo(ago) });
  anchors.push(await headOf(worker, 'acme'));
  await worker.auditChain.noteAnchored(await worker.auditChain.unanchored(0, 100));
};
const drop = async (ago: number) => {
  const month = new Date(monthsAgo(ago)).toISOString().replace(/-02T.*/, '-01');
  expect(await dropAuditMonth(worker, { crypto: nodeCrypto, keys: AUDIT_KEYS }, month)).toBe('dropped');
};

/** 520 numbers or more seven months ago, 510 six months ago, and some of now. */
beforeEach(async () => {
  installation = await openInstallation();
  onTestFinished(() => installation.close());
  worker = await installation.workerStore();
  anchors = [];
  await addEvents(installation, 520, 'seven');
  await sealIn(7);
  await addEvents(installation, 510, 'six');
  await sealIn(6);
  await addEvents(installation, 5, 'now');
  await sealIn(0);
  await installation.bend('update latchkey.installation set audit_retention_days = 30');
  const auditAuthority: NonNullable<ApiDeps['auditAuthority']> = {
    keys: async () => AUDIT_KEYS,
    anchors: { read: async (organizationId) => anchors.filter((anchor) => anchor.organizationId === organizationId) },
  };
  olivia = installation.as(await installation.principal('acme', 'olivia'), { auditAuthority });
});

type Answer = Output<'audit', 'verifyChain'>;

/** All slices; `between` is called after each. */
const verify = async (between: (calls: number) => Promise<unknown> = async () => undefined) => {
  const problems: Answer['problems'] = [];
  let cursor: string | null = null;
  for (let calls = 1; ; calls += 1) {
    const answer: Answer = await olivia.audit.verifyChain(cursor === null ? {} : { cursor });
    problems.push(...answer.problems);
    cursor = answer.nextCursor;
    if (cursor === null) return { ...answer, problems };
    await between(calls);
  }
};
const [SEVEN, SIX] = [0, 1];

describe('after retention has dropped a month', () => {
  it('audit.list says what is not there any more, and goes on to its end', async () => {
    expect((await olivia.audit.list()).dropped).toBeNull();
    await drop(7);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Output<'audit', 'list'> = await olivia.audit.list({
        limit: 200,
        ...(cursor === null ? {} : { cursor }),
      });
      expect(page.dropped).toEqual({
        through: anchors[SEVEN]?.number,
        eventCount: anchors[SEVEN]?.number,
        sealedThrough: new Date(monthsAgo(7)).toISOString(),
        droppedAt: expect.any(String),
      });
      seen.push(...page.items.map(({ reason }) => reason ?? ''));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.filter((reason) => reason === 'seven')).toEqual([]);
    expect(seen.filter((reason) => reason === 'six')).toHaveLength(510);
    // TENANT-WALL: what another organization has lost is its own matter.
    const gina = installation.as(await installation.principal('globex', 'gina'), {});
    expect((await gina.audit.list()).dropped?.through).not.toBe(anchors[SEVEN]?.number);
  });

  it('AUDIT-WITH-CAUSE: audit.verifyChain vouches for what is left, and says what is gone', async () => {
    const head = anchors.at(-1);
    await drop(7);
    await drop(6);
    const answer = await verify();
    expect(answer.problems).toEqual([]);
    expect(answer.vouched?.number).toBe(head?.number);
    expect(answer.dropped?.through).toBe(anchors[SIX]?.number);
    await installation.bend(`update latchkey.audit_stub set event_count = event_count - 1`);
    const bent = await verify();
    expect(bent.problems.map(({ type }) => type)).toContain('stub_changed');
    expect(bent.vouched).toBeNull();
    await installation.bend('delete from latchkey.audit_stub');
    expect((await verify()).problems[0]).toEqual({
      type: 'seals_missing',
      number: 1,
      through: anchors[SIX]?.number,
    });
  });

  it.each([1, 2, 3])('a check in the middle of which it goes, after slice %i, raises no alarm', async (slice) => {
    const { problems, vouched } = await verify((calls) => (calls === slice ? drop(7) : Promise.resolve()));
    expect(problems).toEqual([]);
    expect(vouched?.number).toBe(anchors.at(-1)?.number);
  });

  it('AUDIT-WITH-CAUSE: nor does a drop hide what was found before', async () => {
    await installation.bend(
      `update latchkey.audit_event set reason = 'bent' where reason = 'seven' and target_id = 'token-9'`,
    );
    const { problems, vouched } = await verify((calls) => (calls === 1 ? drop(7) : Promise.resolve()));
    expect(problems).toMatchObject([{ type: 'event_changed' }]);
    expect(vouched).toBeNull();
  });

  it('audit.export begins with what was left of it, and one that it interrupts has to be begun again', async () => {
    await drop(7);
    const page = await olivia.audit.export({ format: 'jsonl', limit: 1 });
    const [stub, first] = page.text.split('\n').map((line) => (line === '' ? null : JSON.parse(line)));
    expect(auditExportStubSchema.parse(stub).stub).toMatchObject({
      firstNumber: 1,
      lastNumber: anchors[SEVEN]?.number,
    });
    expect(auditExportLineSchema.parse(first).seal.number).toBe((anchors[SEVEN]?.number ?? 0) + 1);
    expect(page).toMatchObject({ count: 1, dropped: { through: anchors[SEVEN]?.number } });
    const csv = await olivia.audit.export({ format: 'csv', limit: 1 });
    expect(csv.text.split('\n')[1]).toMatch(new RegExp(`^"${(anchors[SEVEN]?.number ?? 0) + 1}"`));
    // An extract by time has no beginning of the chain in it.
    const extract = await olivia.audit.export({
      format: 'jsonl',
      limit: 1,
      from: new Date(monthsAgo(7)).toISOString(),
    });
    expect(extract.text).not.toContain('"stub"');

    await drop(6);
    const next = olivia.audit.export({ format: 'jsonl', limit: 1, cursor: page.nextCursor ?? '' });
    expect((await refusal(next)).code).toBe('CURSOR_INVALID');
  });
});
