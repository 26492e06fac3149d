import { membersContract, type Output } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { toTable } from '../output/table.ts';
import { connectAs, describe, type Kit } from './kit.ts';
import { showExpiry, showLastUse, showStatus } from './token-words.ts';

type Touched = Output<'members', 'previewRemoval'>['ending']['items'][number];

/** What a removal would end, before somebody does it. */
export const describeMemberPreview = (group: Command, kit: Kit): void => {
  const { say } = kit;
  describe(group, 'preview-removal <member>', kit, {
    help: 'help.member.previewRemoval',
    examples: ['latchkey member preview-removal dana', 'latchkey member preview-removal dana --output json'],
  }).action(async (memberId: string) => {
    const work = await kit.begin();
    const { api } = await connectAs(work);
    const sent = api.members.previewRemoval.query({ memberId });
    const preview = await answerOf(membersContract.previewRemoval.output, sent);
    const rows = [
      ...preview.ending.items.map((token) => ({ ...token, fate: say('removal.ends') })),
      ...preview.goingOn.items.map((token) => ({ ...token, fate: say('removal.goesOn') })),
    ];
    await work.desk.data(preview, (style) =>
      toTable<Touched & { readonly fate: string }>(
        [
          { title: say('column.id'), value: ({ tokenId }) => tokenId },
          { title: say('column.name'), value: ({ name }) => name, flexible: true },
          { title: say('column.fate'), value: ({ fate }) => fate },
          { title: say('column.status'), value: ({ status }) => showStatus(status, say) },
          { title: say('column.lastUsed'), value: ({ lastUsedAt }) => showLastUse(lastUsedAt, say) },
          { title: say('column.from'), value: ({ lastUsedAddress }) => lastUsedAddress ?? '' },
          { title: say('column.client'), value: ({ lastUsedClient }) => lastUsedClient ?? '', flexible: true },
          { title: say('column.expires'), value: ({ expiresAt }) => showExpiry(expiresAt, say) },
        ],
        rows,
        style,
      ),
    );
    if (preview.ending.total > 0) await work.desk.notice(say('removal.count', { count: preview.ending.total }));
  });
};
