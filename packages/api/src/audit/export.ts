import type { AuditExportFormat, Output, ParsedInput } from '@latchkey/contract';
import type { ChainStub, SealedEvent } from '@latchkey/core/audit';
import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor, writeCursor } from '../pages/cursor.ts';
import { CSV_HEADER, toCsvLine } from './csv-line.ts';
import { droppedBy } from './dropped.ts';
import { toExportLine, toExportStub } from './export-line.ts';
import { toOcsfEvent } from './ocsf-event.ts';

/** How much text one page may be, whatever its events hold (BOUNDED-WORK). */
const MAX_CHARACTERS = 768 * 1_024;

/** A page of sealed events of the caller's organization, as text. Pages one after the other make the file. */
export const exportAudit = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { format, from, to, cursor, limit }: ParsedInput<'audit', 'export'>,
): Promise<Output<'audit', 'export'>> => {
  const scope = { list: 'audit-export', organizationId, query: { format, from, to } };
  // Signed by us for exactly this export, so it is the number that was written below.
  const after = (readCursor(deps, scope, cursor) as number | undefined) ?? 0;
  const range = {
    after,
    from: from === undefined ? null : Date.parse(from),
    to: to === undefined ? null : Date.parse(to),
  };
  const read = await deps.store.auditChain.readBetween(organizationId, range, limit);
  // Asked for last: what has gone before the events were read has left its stub by now.
  const stubs = await deps.store.auditChain.stubs(organizationId);
  const through = stubs.at(-1)?.lastNumber ?? 0;
  // A month that went between two pages would be a gap in the middle of the file: it has to be begun again.
  if (cursor !== undefined && through > after) throw new LatchkeyError('CURSOR_INVALID');
  const entries = read.filter(({ seal }) => seal.number > through);
  const { contentType, header, line, stub } = writers[format];
  let text = cursor === undefined ? header : '';
  if (cursor === undefined && from === undefined) text += stubs.map((each) => stub(organizationId, each)).join('');
  let count = 0;
  for (const entry of entries) {
    const next = `${line(organizationId, entry)}\n`;
    if (count > 0 && text.length + next.length > MAX_CHARACTERS) break;
    text += next;
    count += 1;
  }
  const last = entries[count - 1]?.seal.number ?? (read.length > 0 ? through : undefined);
  const more = read.length === limit || count < entries.length;
  const dropped = droppedBy(stubs);
  return {
    contentType,
    text,
    count,
    dropped,
    nextCursor: more && last !== undefined ? writeCursor(deps, scope, last) : null,
  };
};

interface Writer {
  readonly contentType: string;
  /** With its end of line; empty for none. */
  readonly header: string;
  readonly line: (organizationId: string, entry: SealedEvent) => string;
  /** With its end of line; empty in formats for which there is no such thing: their event of the drop says it. */
  readonly stub: (organizationId: string, stub: ChainStub) => string;
}

const writers = {
  jsonl: {
    contentType: 'application/x-ndjson',
    header: '',
    line: (organizationId, entry) => JSON.stringify(toExportLine(organizationId, entry)),
    stub: (organizationId, stub) => `${JSON.stringify(toExportStub(organizationId, stub))}\n`,
  },
  csv: {
    contentType: 'text/csv; charset=utf-8',
    header: `${CSV_HEADER}\n`,
    line: (_, entry) => toCsvLine(entry),
    stub: () => '',
  },
  ocsf: {
    contentType: 'application/x-ndjson',
    header: '',
    line: (organizationId, entry) => JSON.stringify(toOcsfEvent(organizationId, entry)),
    stub: () => '',
  },
} as const satisfies Record<AuditExportFormat, Writer>;
