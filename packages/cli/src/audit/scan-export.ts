import { type ChainStub, DROP_ACTION, ERASURE_ACTION } from '@latchkey/core/audit';
import { fail } from '../failure/cli-failure.ts';
import { parseExportLine, parseStubLine } from './export-lines.ts';
import { readLines } from './read-lines.ts';

/** What has to be known of an export before its chain can be followed. */
export interface ExportScan {
  readonly organizationId: string;
  /** The oldest first. */
  readonly stubs: readonly ChainStub[];
  /** Of the line of the first seal, and its number in the chain; `null` where there are only stubs. */
  readonly first: { readonly line: number; readonly number: number } | null;
  readonly lastSealedAt: number;
  /** By their ids: an erasure stands behind what it has erased. */
  readonly erasures: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The links of stubs whose drop an event records. */
  readonly drops: ReadonlySet<unknown>;
}

/** Reads through a file of any size in a small memory. @throws CliFailure */
export const scanExport = async (path: string): Promise<ExportScan> => {
  const stubs: ChainStub[] = [];
  const erasures = new Map<string, Readonly<Record<string, unknown>>>();
  const drops = new Set<unknown>();
  let organizationId: string | null = null;
  let first: ExportScan['first'] = null;
  let last: readonly [number: number, line: string] | null = null;
  for await (const [number, line] of readLines(path)) {
    if (first === null) {
      const parsed = parseStubLine(line);
      const whose = parsed?.organizationId ?? parseExportLine(path, number, line).organizationId;
      // TENANT-WALL: a chain is one organization's; two files put together are no export.
      if (whose !== (organizationId ?? whose)) throw fail('EXPORT_INVALID', { line: number, path });
      organizationId = whose;
      if (parsed !== null) {
        stubs.push(parsed.stub);
        continue;
      }
      first = { line: number, number: parseExportLine(path, number, line).seal.number };
    }
    last = [number, line];
    if (!line.includes(ERASURE_ACTION) && !line.includes(DROP_ACTION)) continue;
    const { event } = parseExportLine(path, number, line);
    if (event?.action === ERASURE_ACTION) erasures.set(event.eventId, event.details);
    if (event?.action === DROP_ACTION) drops.add(event.details['stub']);
  }
  if (organizationId === null) throw fail('EXPORT_INVALID', { line: 1, path });
  const lastSealedAt = last === null ? 0 : Date.parse(parseExportLine(path, ...last).seal.sealedAt);
  return { organizationId, stubs, first, lastSealedAt, erasures, drops };
};
