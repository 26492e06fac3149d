import { auditContract, REMOVAL_REPORT, type RemovalReport, removalReportSchema } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { fail } from '../failure/cli-failure.ts';
import { toTable } from '../output/table.ts';
import { connectAs, describe, type Kit } from './kit.ts';
import { showLastUse } from './token-words.ts';

type Reported = RemovalReport['ended']['items'][number];

/** What a removal has done, once the worker has done all of it. */
export const describeMemberReport = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'removal-report <member>', kit, {
    help: 'help.member.removalReport',
    examples: ['latchkey member removal-report dana', 'latchkey member removal-report dana --output json'],
  }).action(async (memberId: string) => {
    const { desk, ...work } = await kit.begin();
    const { api } = await connectAs({ desk, ...work });
    const asked = { action: REMOVAL_REPORT, targetId: memberId, limit: 1 };
    const [event] = (await answerOf(auditContract.list.output, api.audit.list.query(asked))).items;
    if (event === undefined) throw fail('NO_REMOVAL_REPORT', { memberId });
    const report = await answerOf(removalReportSchema, Promise.resolve(event.details));
    const rows = [
      ...report.ended.items.map((token) => ({ ...token, fate: say('removal.ended') })),
      ...report.goingOn.items.map((token) => ({ ...token, fate: say('removal.goesOn') })),
    ];
    await desk.data({ at: event.at, memberId, ...report }, (style) =>
      toTable<Reported & { readonly fate: string }>(
        [
          { title: say('column.id'), value: ({ tokenId }) => tokenId },
          { title: say('column.name'), value: ({ name }) => name, flexible: true },
          { title: say('column.fate'), value: ({ fate }) => fate },
          { title: say('column.lastUsed'), value: ({ lastUsedAt }) => showLastUse(lastUsedAt, say) },
          { title: say('column.takenOverBy'), value: ({ handedOverTo }) => handedOverTo ?? '' },
        ],
        rows,
        style,
      ),
    );
    const { ended, goingOn } = report;
    await desk.notice(say('removal.totals', { ended: ended.total, goingOn: goingOn.total }));
  });
};
