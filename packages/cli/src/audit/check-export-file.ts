import { createHmac, hash } from 'node:crypto';
import type { AuditExportLine } from '@latchkey/contract';
import {
  CHECK_EXTRACT,
  CHECK_FROM_START,
  type ChainAuthority,
  type ChainCrypto,
  type ChainProblem,
  type ChainProgress,
  type ChainStub,
  checkEnd,
  checkSeals,
  checkStubs,
  erasedEventIds,
  type SealedEvent,
} from '@latchkey/core/audit';
import { fail } from '../failure/cli-failure.ts';
import type { ChainReport } from './chain-report.ts';
import { parseExportLine } from './export-lines.ts';
import { readLines } from './read-lines.ts';
import { type ExportScan, scanExport } from './scan-export.ts';

/**
 * Checks an export as JSON Lines, without the installation that wrote it and without its keys: links show what does not
 * belong together, and an anchor that somebody kept shows whether all of it was made anew. @throws CliFailure
 */
export const checkExportFile = async (
  path: string,
  anchorsOf: (organizationId: string) => Promise<ChainAuthority['anchors']>,
): Promise<ChainReport> => {
  const scan = await scanExport(path);
  const { organizationId, stubs, first, erasures } = scan;
  const authority = { organizationId, keys: null, anchors: await anchorsOf(organizationId) };
  const beginning = checkBeginning(authority, scan);
  const problems: ChainProblem[] = [...beginning.problems];
  let { progress } = beginning;
  let checkedCount = 0;
  for await (const [number, line] of readLines(path)) {
    if (number < (first?.line ?? Number.POSITIVE_INFINITY)) continue;
    const parsed = parseExportLine(path, number, line);
    // TENANT-WALL: a chain is one organization's; two files put together are no export.
    if (parsed.organizationId !== organizationId) throw fail('EXPORT_INVALID', { line: number, path });
    const checked = checkSeals(crypto, authority, progress, [toSealedEvent(parsed)], ({ eventId, erasedBy }) =>
      erasedEventIds(erasures.get(erasedBy) ?? {}).includes(eventId),
    );
    problems.push(...checked.problems);
    progress = checked.progress;
    checkedCount += 1;
  }
  problems.push(...checkEnd(authority, progress));
  return {
    problems,
    checkedCount,
    intact: toPoint(progress.intact),
    vouched: toPoint(progress.vouched),
    dropped: droppedBy(stubs),
    beginsAt: stubs.length > 0 || first === null || first.number === 1 ? null : first.number,
    keys: 'not_known_here',
    waitingCount: null,
  };
};

/** The record of a drop is sealed seconds after it; where a file ends sooner, it may be in the next one. */
const RECORDED_WITHIN_MS = 3_600_000;

const checkBeginning = (authority: ChainAuthority, { stubs, first, drops, lastSealedAt }: ExportScan) => {
  if (stubs.length === 0) {
    return { problems: [], progress: first?.number === 1 ? CHECK_FROM_START : CHECK_EXTRACT };
  }
  return checkStubs(
    crypto,
    authority,
    stubs,
    ({ link, droppedAt }) => drops.has(link) || lastSealedAt < droppedAt + RECORDED_WITHIN_MS,
  );
};

const droppedBy = (stubs: readonly ChainStub[]): ChainReport['dropped'] => {
  const newest = stubs.at(-1);
  return newest === undefined
    ? null
    : {
        through: newest.lastNumber,
        eventCount: stubs.reduce((sum, { eventCount }) => sum + eventCount, 0),
        sealedThrough: new Date(newest.lastSealedAt).toISOString(),
        droppedAt: new Date(newest.droppedAt).toISOString(),
      };
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
