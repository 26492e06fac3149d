import { type AuditEventView, auditContract, type DroppedByRetention, type Input } from '@latchkey/contract';
import type { Command } from 'commander';
import { allPages } from '../api/all-pages.ts';
import { answerOf } from '../api/answer.ts';
import { droppedNotice } from '../audit/dropped-notice.ts';
import { showInstant } from '../output/instant.ts';
import { toTable } from '../output/table.ts';
import { describeAuditExport } from './audit-export.ts';
import { describeAuditVerify } from './audit-verify.ts';
import { connectAs, describe, describeGroup, type Kit, type Work } from './kit.ts';
import { limitOption } from './limit-option.ts';

type Filters = NonNullable<Input<'audit', 'list'>>;

interface ListOptions extends Pick<Filters, 'action' | 'from' | 'to'> {
  readonly actor?: string;
  readonly target?: string;
  readonly limit?: number;
}

export const describeAudit = (program: Command, kit: Kit): void => {
  const { say } = kit;
  const group = describeGroup(program, 'audit', kit, 'help.audit');
  describe(group, 'list', kit, {
    help: 'help.audit.list',
    examples: [
      'latchkey audit list --limit 50',
      'latchkey audit list --target 3fK0aZ81bQ7rTx2m',
      'latchkey audit list --action token.rotated --from 2027-01-01T00:00:00Z --output json',
    ],
  })
    .option('--action <action>', say('help.audit.action'))
    .option('--actor <id>', say('help.audit.actor'))
    .option('--target <id>', say('help.audit.target'))
    .option('--from <instant>', say('help.audit.from'))
    .option('--to <instant>', say('help.audit.to'))
    .addOption(limitOption(say))
    .action(async (options: ListOptions) => list(await kit.begin(), options));
  describeAuditExport(group, kit);
  describeAuditVerify(group, kit);
};

const list = async (work: Work, { action, actor, target, from, to, limit }: ListOptions): Promise<void> => {
  const { say } = work;
  const filters: Filters = {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(target === undefined ? {} : { targetId: target }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const { api } = await connectAs(work);
  let dropped: DroppedByRetention | null = null;
  const events = await allPages(async (page) => {
    const answer = await answerOf(auditContract.list.output, api.audit.list.query({ ...filters, ...page }));
    ({ dropped } = answer);
    return answer;
  }, limit);
  await work.desk.data(events, (style) =>
    toTable(
      [
        { title: say('column.at'), value: ({ at }) => showInstant(at) },
        { title: say('column.action'), value: (event) => event.action },
        { title: say('column.actor'), value: ({ actor: { type, id } }) => `${type}/${id}` },
        { title: say('column.target'), value: (event) => `${event.target.type}/${event.target.id}` },
        { title: say('column.from'), value: showOrigin },
        { title: say('column.reason'), value: ({ reason }) => reason ?? '', flexible: true },
      ],
      events,
      style,
    ),
  );
  if (dropped !== null) await work.desk.warn('AUDIT_EVENTS_DROPPED', droppedNotice(dropped, say));
};

const showOrigin = ({ address, client }: AuditEventView): string =>
  [address, client?.split(' ', 1)[0]].filter(Boolean).join(' ');
