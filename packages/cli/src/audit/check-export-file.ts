import { createHmac, hash } from 'node:crypto';
import { type AuditExportLine, auditExportLineSchema } from '@latchkey/contract';
import {
  CHECK_EXTRACT,
  CHECK_FROM_START,
  type ChainCrypto,
  type ChainHead,
  type ChainProblem,
  type ChainProgress,
  checkEnd,
  checkSeals,
  ERASURE_ACTION,
  erasedEventIds,
  type SealedEvent,
} from '@latchkey/core/audit';
import { fail } from '../failure/cli-failure.ts';
import type { ChainReport } from './chain-report.ts';
import { parseLine, readLines } from './read-lines.ts';

/**
 * Checks an export as JSON Lines, without the installation that wrote it and without its keys: links show what does not
 * belong together, and an anchor that somebody kept shows whether all of it was made anew. @throws CliFailure
 */
export const checkExportFile = async (
  path: string,
  anchorsOf: (organizationId: string) => Promise<readonly ChainHead[]>,
): Promise<ChainReport> => {
  const erasures = await readErasures(path);
  const problems: ChainProblem[] = [];
  let progress: ChainProgress | null = null;
  let organizationId = '';
  let anchors: readonly ChainHead[] = [];
  let checkedCount = 0;
  for await (const [number, line] of readLines(path)) {
    const parsed = parseExportLine(path, number, line);
    if (progress === null) {
      organizationId = parsed.organizationId;
      anchors = await anchorsOf(organizationId);
      progress = parsed.seal.number === 1 ? CHECK_FROM_START : CHECK_EXTRACT;
    }
    // TENANT-WALL: a chain is one organization's; two files put together are no export.
    if (parsed.organizationId !== organizationId) throw fail('EXPORT_INVALID', { line: number, path });
    const authority = { organizationId, keys: null, anchors };
    const checked = checkSeals(crypto, authority, progress, [toSealedEvent(parsed)], ({ eventId, erasedBy }) =>
      erasedEventIds(erasures.get(erasedBy) ?? {}).includes(eventId),
    );
    problems.push(...checked.problems);
    progress = checked.progress;
    checkedCount += 1;
  }
  if (progress === null) throw fail('EXPORT_INVALID', { line: 1, path });
  problems.push(...checkEnd({ organizationId, keys: null, anchors }, progress));
  return {
    problems,
    checkedCount,
    intact: toPoint(progress.intact),
    vouched: toPoint(progress.vouched),
    keys: 'not_known_here',
    waitingCount: null,
  };
};

/** By their ids: an erasure stands behind what it has erased. */
const readErasures = async (path: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> => {
  const erasures = new Map<string, Readonly<Record<string, unknown>>>();
  for await (const [number, line] of readLines(path)) {
    if (!line.includes(ERASURE_ACTION)) continue;
    const { event } = parseExportLine(path, number, line);
    if (event?.action === ERASURE_ACTION) erasures.set(event.eventId, event.details);
  }
  return erasures;
};

const parseExportLine = (path: string, number: number, line: string): AuditExportLine => {
  const parsed = auditExportLineSchema.safeParse(parseLine(line));
  if (!parsed.success) throw fail('EXPORT_INVALID', { line: number, path });
  return parsed.data;
};

const toSealedEvent = ({ seal, event }: AuditExportLine): SealedEvent => ({
  seal: { ...seal, at: Date.parse(seal.at), sealedAt: Date.parse(seal.sealedAt) },
  event: event === null ? null : { ...event, at: Date.parse(event.at) },
});

const toPoint = (point: ChainProgress['intact']) =>
  point === null ? null : { number: point.number, sealedAt: new Date(point.sealedAt).toISOString() };

const crypto: ChainCrypto = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
