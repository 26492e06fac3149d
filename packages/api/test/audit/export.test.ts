import { type AuditExportFormat, auditExportLineSchema } from '@latchkey/contract';
import { CHECK_FROM_START, checkEnd, checkSeals, type SealedEvent } from '@latchkey/core/audit';
import type { OpenStore } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../src/node-crypto.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { AUDIT_KEYS, addEvents, headOf, sealTrail } from './seal-trail.ts';

const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '"; =1', 'plain, "quoted"\nand more'];

let installation: Installation;
let worker: OpenStore;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  worker = await installation.workerStore();
  olivia = await installation.member('acme', 'olivia');
  for (const reason of FORMULAS) await addEvents(installation, 1, reason);
  await olivia.tokens.issue({ name: 'exported' });
  await olivia.members.add({ email: 'new@acme.example', name: 'New' });
  await addEvents(installation, 30);
  await sealTrail(worker);
});
afterAll(() => installation?.close());

const exported = async (by: Caller, format: AuditExportFormat, limit = 7) => {
  let text = '';
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Caller['audit']['export']>> = await by.audit.export({
      format,
      limit,
      ...(cursor === null ? {} : { cursor }),
    });
    text += page.text;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return text;
};
const lines = (text: string) => text.split('\n').slice(0, -1);

describe('audit.export', () => {
  it('as JSON Lines is enough to check the chain with an anchor and nothing else', async () => {
    const entries = lines(await exported(olivia, 'jsonl')).map((line): SealedEvent => {
      const { seal, event } = auditExportLineSchema.parse(JSON.parse(line));
      const at = Date.parse(seal.at);
      return {
        seal: { ...seal, at, sealedAt: Date.parse(seal.sealedAt) },
        event: event === null ? null : { ...event, at: Date.parse(event.at) },
      };
    });
    const anchors = [await headOf(worker, 'acme')];
    const check = (given: readonly SealedEvent[], keys = AUDIT_KEYS) => {
      const authority = { organizationId: 'acme', keys, anchors };
      const { progress, problems } = checkSeals(nodeCrypto, authority, CHECK_FROM_START, given, () => false);
      return { problems: [...problems, ...checkEnd(authority, progress)], vouched: progress.vouched?.number };
    };
    expect(check(entries)).toEqual({ problems: [], vouched: entries.length });
    expect(entries.map(({ event }) => event?.reason)).toEqual(expect.arrayContaining(FORMULAS));
    expect(check(entries.slice(0, -1)).problems).toMatchObject([{ type: 'tail_missing' }]);
    const [first, second, third, ...rest] = entries as [SealedEvent, SealedEvent, SealedEvent, ...SealedEvent[]];
    const edited = { ...second, event: second.event && { ...second.event, address: '192.0.2.8' } };
    expect(check([first, edited, third, ...rest]).problems).toMatchObject([{ type: 'event_changed', number: 2 }]);
    expect(check([first, third, ...rest]).problems).toMatchObject([{ type: 'seals_missing', number: 2, through: 2 }]);
  });

  it('as CSV gives a spreadsheet nothing to calculate, and loses nothing', async () => {
    const text = await exported(olivia, 'csv');
    const records = parseCsv(text);
    const [header = [], ...rows] = records;
    const reasons = rows.map((row) => row[header.indexOf('reason')] ?? '');
    for (const formula of FORMULAS) {
      const guarded = /^[\s＝]*[=+\-@＝]|^[\t\r]/.test(formula);
      expect(reasons, JSON.stringify(formula)).toContain(guarded ? `'${formula}` : formula);
    }
    for (const field of rows.flat()) expect(field).not.toMatch(/^[\s]*[=+\-@＝]|^[\t\r\n]/);
    // The header once, whatever the pages.
    expect(text.match(/sealed_at/g)).toHaveLength(1);
    expect(rows.map(([number]) => Number(number))).toEqual(rows.map((_, i) => i + 1));
    for (const row of rows) expect(row).toHaveLength(header.length);
  });

  it('as OCSF has what its classes require', async () => {
    const events = lines(await exported(olivia, 'ocsf')).map((line) => JSON.parse(line));
    for (const event of events) {
      expect(event).toMatchObject({
        metadata: { version: '1.2.0', product: { name: 'Latchkey', vendor_name: 'Latchkey' }, tenant_uid: 'acme' },
        severity_id: expect.any(Number),
        time: expect.any(Number),
        actor: { user: { uid: expect.any(String) } },
        src_endpoint: expect.any(Object),
        type_uid: event.class_uid * 100 + event.activity_id,
        category_uid: Math.floor(event.class_uid / 1_000),
      });
    }
    const byCode = new Map(events.map((event) => [event.metadata.event_code, event]));
    expect(byCode.get('token.issued')).toMatchObject({
      class_uid: 6003,
      activity_id: 1,
      api: { operation: 'token.issued' },
    });
    expect(byCode.get('member.added')).toMatchObject({
      class_uid: 3001,
      activity_id: 1,
      user: { uid: expect.any(String) },
    });
  });

  it('by the time of sealing, and page by page', async () => {
    const [first] = lines(await exported(olivia, 'jsonl'));
    const { seal } = auditExportLineSchema.parse(JSON.parse(first ?? ''));
    const none = await olivia.audit.export({ format: 'jsonl', to: seal.sealedAt });
    expect(none).toMatchObject({ text: '', count: 0, nextCursor: null });
    const page = await olivia.audit.export({ format: 'jsonl', from: seal.sealedAt, limit: 1 });
    expect(page).toMatchObject({ text: `${first}\n`, count: 1, nextCursor: expect.any(String) });
    // The cursor is of this export alone.
    const other = olivia.audit.export({ format: 'csv', cursor: page.nextCursor ?? '' });
    expect((await refusal(other)).code).toBe('CURSOR_INVALID');
  });

  it('is for administrators, each of its own organization (TENANT-WALL)', async () => {
    const dana = await installation.member('acme', 'dana');
    const refused = dana.audit.export({ format: 'jsonl' });
    expect((await refusal(refused)).code).toBe('NOT_ALLOWED');
    const gina = await installation.member('globex', 'gina');
    expect(await exported(gina, 'jsonl')).toBe('');
  });
});

/** RFC 4180, every field quoted. */
const parseCsv = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
};
