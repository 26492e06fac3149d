import type { AuditExportFormat, Output, ParsedInput } from '@latchkey/contract';
import type { SealedEvent } from '@latchkey/core/audit';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor, writeCursor } from '../pages/cursor.ts';
import { CSV_HEADER, toCsvLine } from './csv-line.ts';
import { toExportLine } from './export-line.ts';
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
  const entries = await deps.store.auditChain.readBetween(organizationId, range, limit);
  const { contentType, header, line } = writers[format];
  let text = cursor === undefined ? header : '';
  let count = 0;
  for (const entry of entries) {
    const next = `${line(organizationId, entry)}\n`;
    if (count > 0 && text.length + next.length > MAX_CHARACTERS) break;
    text += next;
    count += 1;
  }
  const last = entries[count - 1]?.seal.number;
  const more = count === limit || count < entries.length;
  return { contentType, text, count, nextCursor: more && last !== undefined ? writeCursor(deps, scope, last) : null };
};

interface Writer {
  readonly contentType: string;
  /** With its end of line; empty for none. */
  readonly header: string;
  readonly line: (organizationId: string, entry: SealedEvent) => string;
}

const writers = {
  jsonl: {
    contentType: 'application/x-ndjson',
    header: '',
    line: (organizationId, entry) => JSON.stringify(toExportLine(organizationId, entry)),
  },
  csv: { contentType: 'text/csv; charset=utf-8', header: `${CSV_HEADER}\n`, line: (_, entry) => toCsvLine(entry) },
  ocsf: {
    contentType: 'application/x-ndjson',
    header: '',
    line: (organizationId, entry) => JSON.stringify(toOcsfEvent(organizationId, entry)),
  },
} as const satisfies Record<AuditExportFormat, Writer>;
