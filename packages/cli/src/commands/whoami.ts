import { type Output, selfContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import type { Say } from '../language/say.ts';
import { toSheet } from '../output/table.ts';
import { connectAs, describe, type Kit } from './kit.ts';
import { showExpiry, showKind, showStatus } from './token-words.ts';

export const describeWhoami = (program: Command, kit: Kit): void => {
  describe(program, 'whoami', kit, {
    help: 'help.whoami',
    examples: ['latchkey whoami', 'latchkey whoami --output json | jq -r .token.expiresAt'],
  }).action(async () => {
    const work = await kit.begin();
    const { api } = await connectAs(work);
    const who = await answerOf(selfContract.whoami.output, api.self.whoami.query());
    await work.desk.data(who, (style) => toSheet(sheetOf(who, work.say), style));
  });
};

const sheetOf = (who: Output<'self', 'whoami'>, say: Say): (readonly [string, string])[] => [
  [say('column.organization'), `${who.organization.name} (${who.organization.id})`],
  ...(who.member === null
    ? []
    : [[say('column.member'), `${who.member.name} <${who.member.email}> (${who.member.id})`] as const]),
  ...(who.type === 'member'
    ? []
    : ([
        [say('column.token'), `${who.token.name} (${who.token.tokenId})`],
        [say('column.kind'), showKind(who.token.kind, say)],
        [say('column.status'), showStatus(who.token.status, say)],
        [say('column.expires'), showExpiry(who.token.expiresAt, say)],
      ] as const)),
];
