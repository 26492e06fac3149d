import { anchorSchema, auditContract, type ChainProblemView, type Output } from '@latchkey/contract';
import type { ChainHead } from '@latchkey/core/audit';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { ChainReport } from '../audit/chain-report.ts';
import { checkExportFile } from '../audit/check-export-file.ts';
import { droppedNotice } from '../audit/dropped-notice.ts';
import { readAnchors } from '../audit/read-anchors.ts';
import { EXIT } from '../exit.ts';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';
import { toTable } from '../output/table.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';

interface VerifyOptions {
  readonly anchor?: string;
  readonly file?: string;
  readonly anchors?: string;
}

export const describeAuditVerify = (group: Command, kit: Kit): void => {
  const { say } = kit;
  const anchor = new Option('--anchor <number:link>', say('help.audit.anchor')).argParser((text) => {
    if (!anchorSchema.safeParse(text).success) throw new InvalidArgumentError('');
    return text;
  });
  describe(group, 'verify', kit, {
    help: 'help.audit.verify',
    examples: [
      'latchkey audit verify',
      'latchkey audit verify --anchor 41200:9f2c…',
      'latchkey audit verify --file trail.jsonl --anchors worker.log',
    ],
  })
    .addOption(anchor)
    .option('--file <file>', say('help.audit.file'))
    .option('--anchors <file>', say('help.audit.anchors'))
    .action(async (options: VerifyOptions) => verify(await kit.begin(), options));
};

const verify = async (work: Work, { anchor, file, anchors }: VerifyOptions): Promise<void> => {
  const given = anchor === undefined ? [] : [toHead(anchor)];
  const report =
    file === undefined
      ? await checkByApi(work, anchor)
      : await checkExportFile(file, async (organizationId) => [
          ...given,
          ...(anchors === undefined ? [] : await readAnchors(anchors, organizationId)),
        ]);
  if (report.problems.length > 0) work.exitWith(EXIT.failed);
  await work.desk.data(report, (style) => {
    const { say } = work;
    const columns = [
      { title: say('column.number'), value: (problem: ChainProblemView) => showNumbers(problem) },
      { title: say('column.problem'), value: (problem: ChainProblemView) => say(`chainProblem.${problem.type}`) },
      { title: say('column.event'), value: ({ eventId }: ChainProblemView) => eventId ?? '' },
    ];
    const table = report.problems.length === 0 ? '' : `${toTable(columns, report.problems, style)}\n`;
    return `${table}${sentences(report, say).join('\n')}\n`;
  });
};

const checkByApi = async (work: Work, anchor: string | undefined): Promise<ChainReport> => {
  const { api } = await connectAs(work);
  const problems: ChainProblemView[] = [];
  let checkedCount = 0;
  let cursor: string | null = null;
  for (;;) {
    const answer: Output<'audit', 'verifyChain'> = await answerOf(
      auditContract.verifyChain.output,
      api.audit.verifyChain.query({
        ...(anchor === undefined ? {} : { anchor }),
        ...(cursor === null ? {} : { cursor }),
      }),
    );
    problems.push(...answer.problems);
    checkedCount += answer.checkedCount;
    cursor = answer.nextCursor;
    if (cursor !== null) continue;
    const { intact, vouched, dropped, keys, waiting } = answer;
    return { problems, checkedCount, intact, vouched, dropped, beginsAt: null, keys, waitingCount: waiting.count };
  }
};

const toHead = (anchor: string): ChainHead => {
  const [number, link = ''] = anchor.split(':');
  return { number: Number(number), link };
};

const showNumbers = ({ number, through }: ChainProblemView): string =>
  number === null ? '' : through === undefined || through === number ? String(number) : `${number}–${through}`;

/** What the check can say for sure, and what it can't. */
const sentences = (
  { checkedCount, intact, vouched, dropped, beginsAt, keys, waitingCount }: ChainReport,
  say: Say,
): readonly string[] => [
  ...(dropped === null ? [] : [droppedNotice(dropped, say)]),
  ...(beginsAt === null ? [] : [say('chain.beginsAt', { number: beginsAt })]),
  checkedCount === 0 && intact === null
    ? say('chain.empty')
    : intact === null
      ? say('chain.brokenAtOnce')
      : say('chain.intact', { number: intact.number, at: showInstant(intact.sealedAt) }),
  vouched === null
    ? say('chain.notVouched')
    : say('chain.vouched', { number: vouched.number, at: showInstant(vouched.sealedAt) }),
  ...(keys === 'checked' ? [] : [say('chain.withoutKeys')]),
  ...(waitingCount === null || waitingCount === 0 ? [] : [say('chain.waiting', { count: waitingCount })]),
];
