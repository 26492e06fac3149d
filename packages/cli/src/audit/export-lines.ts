import { type AuditExportLine, auditExportLineSchema, auditExportStubSchema } from '@latchkey/contract';
import type { ChainStub } from '@latchkey/core/audit';
import { fail } from '../failure/cli-failure.ts';
import { parseLine } from './read-lines.ts';

/** A seal with its event. @throws CliFailure `EXPORT_INVALID`, by its line */
export const parseExportLine = (path: string, number: number, line: string): AuditExportLine => {
  const parsed = auditExportLineSchema.safeParse(parseLine(line));
  if (!parsed.success) throw fail('EXPORT_INVALID', { line: number, path });
  return parsed.data;
};

/** What retention has left of events that it dropped; `null` for any other line. */
export const parseStubLine = (line: string): { readonly organizationId: string; readonly stub: ChainStub } | null => {
  const parsed = auditExportStubSchema.safeParse(parseLine(line));
  if (!parsed.success) return null;
  const { organizationId, stub } = parsed.data;
  const { lastSealedAt, droppedAt } = stub;
  return {
    organizationId,
    stub: { ...stub, lastSealedAt: Date.parse(lastSealedAt), droppedAt: Date.parse(droppedAt) },
  };
};
