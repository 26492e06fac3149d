import { type AuditExportFormat, auditContract, auditExportFormats, type Output } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { droppedNotice } from '../audit/dropped-notice.ts';
import { choice, connectAs, describe, type Kit, type Work } from './kit.ts';

interface ExportOptions {
  readonly format: AuditExportFormat;
  readonly from?: string;
  readonly to?: string;
}

export const describeAuditExport = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'export', kit, {
    help: 'help.audit.export',
    examples: [
      'latchkey audit export > trail.jsonl',
      'latchkey audit export --format csv --from 2027-01-01T00:00:00Z --to 2027-02-01T00:00:00Z > january.csv',
      'latchkey audit export --format ocsf | gzip > trail.ocsf.jsonl.gz',
    ],
  })
    .addOption(choice('--format <format>', say('help.audit.format'), auditExportFormats).default('jsonl'))
    .option('--from <instant>', say('help.audit.sealedFrom'))
    .option('--to <instant>', say('help.audit.sealedTo'))
    .action(async (options: ExportOptions) => write(await kit.begin(), options));
};

/** Page by page, each once the one before it was taken: a trail of any size goes through a small memory. */
const write = async (work: Work, { format, from, to }: ExportOptions): Promise<void> => {
  const { api } = await connectAs(work);
  const asked = { format, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  let cursor: string | null = null;
  let taken = true;
  do {
    const page: Output<'audit', 'export'> = await answerOf(
      auditContract.export.output,
      api.audit.export.query({ ...asked, ...(cursor === null ? {} : { cursor }) }),
    );
    if (cursor === null && page.dropped !== null) {
      await work.desk.warn('AUDIT_EVENTS_DROPPED', droppedNotice(page.dropped, work.say));
    }
    cursor = page.nextCursor;
    taken = await work.desk.text(page.text);
  } while (cursor !== null && taken);
};
