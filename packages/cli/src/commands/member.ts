import { membersContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { allPages } from '../api/all-pages.ts';
import { answerOf } from '../api/answer.ts';
import { showInstant } from '../output/instant.ts';
import { toTable } from '../output/table.ts';
import { connectAs, describe, describeGroup, type Kit, type Work } from './kit.ts';
import { limitOption } from './limit-option.ts';
import { describeMemberPreview } from './member-preview.ts';
import { describeMemberReport } from './member-report.ts';

interface ListOptions {
  readonly search?: string;
  readonly includeRemoved?: true;
  readonly limit?: number;
}

export const describeMember = (program: Command, kit: Kit): void => {
  const { say } = kit;
  const group = describeGroup(program, 'member', kit, 'help.member');
  describe(group, 'list', kit, {
    help: 'help.member.list',
    examples: ['latchkey member list', 'latchkey member list --search ada --include-removed'],
  })
    .option('--search <text>', say('help.member.search'))
    .option('--include-removed', say('help.member.removed'))
    .addOption(limitOption(say))
    .action(async (options: ListOptions) => list(await kit.begin(), options));
  describeMemberPreview(group, kit);
  describeMemberReport(group, kit);
};

const list = async (work: Work, { search, includeRemoved, limit }: ListOptions): Promise<void> => {
  const { say } = work;
  const { api } = await connectAs(work);
  const filters = { includeRemoved: includeRemoved === true, ...(search === undefined ? {} : { search }) };
  const members = await allPages(
    (page) => answerOf(membersContract.list.output, api.members.list.query({ ...filters, ...page })),
    limit,
  );
  await work.desk.data(members, (style) =>
    toTable(
      [
        { title: say('column.id'), value: ({ memberId }) => memberId },
        { title: say('column.name'), value: ({ name }) => name, flexible: true },
        { title: say('column.email'), value: ({ email }) => email },
        { title: say('column.status'), value: ({ status }) => say(`member.${status}`) },
        { title: say('column.policies'), value: ({ policyIds }) => policyIds.join(', '), flexible: true },
        { title: say('column.groups'), value: ({ groupIds }) => groupIds.join(', '), flexible: true },
        { title: say('column.since'), value: ({ memberSince }) => showInstant(memberSince) },
      ],
      members,
      style,
    ),
  );
};
