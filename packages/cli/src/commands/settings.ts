import { type Input, settingsContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { fail } from '../failure/cli-failure.ts';
import { toSheet } from '../output/table.ts';
import { connectAs, describe, describeGroup, type Kit, type Work } from './kit.ts';

type Settings = Input<'settings', 'update'>;

export const describeSettings = (program: Command, kit: Kit): void => {
  const { say } = kit;
  const group = describeGroup(program, 'settings', kit, 'help.settings');
  describe(group, 'get', kit, { help: 'help.settings.get', examples: ['latchkey settings get'] }).action(async () => {
    const work = await kit.begin();
    const { api } = await connectAs(work);
    const found = await answerOf(settingsContract.get.output, api.settings.get.query());
    await show(work, found, found.settings);
  });

  describe(group, 'set <setting...>', kit, {
    help: 'help.settings.set',
    examples: [
      'latchkey settings set idleDays=90 maxGraceMs=86400000 --dry-run',
      `latchkey settings set 'maxLifetimeDays={"personal":90,"service":365}'`,
      `latchkey settings set 'addressRanges=["192.0.2.0/24"]' lateUse=deactivate`,
    ],
  })
    .option('--dry-run', say('help.dryRun'))
    .action(async (settings: readonly string[], { dryRun = false }: { readonly dryRun?: boolean }) => {
      const work = await kit.begin();
      const change = Object.fromEntries(settings.map(parseSetting)) as Settings;
      const { api } = await connectAs(work);
      const sent = api.settings.update.mutate({ ...change, dryRun });
      const answer = await answerOf(settingsContract.update.output, sent);
      await show(work, answer, answer.settings);
      const { outOfBounds, overLimit } = answer;
      if (outOfBounds.total > 0) await work.desk.notice(say('settings.outOfBounds', { count: outOfBounds.total }));
      if (overLimit.length > 0) await work.desk.notice(say('settings.overLimit', { count: overLimit.length }));
      if (dryRun) await work.desk.notice(say('settings.dryRun'));
    });
};

/** `name=value`: JSON, or a plain word. What a setting takes is the API's to judge. */
const parseSetting = (text: string): readonly [string, unknown] => {
  const [, name, value] = /^([A-Za-z]{1,40})=(.*)$/su.exec(text) ?? [];
  if (name === undefined || value === undefined) throw fail('SETTING_INVALID', { text });
  if (/^[a-z]+$/u.test(value) && !['true', 'false', 'null'].includes(value)) return [name, value];
  try {
    return [name, JSON.parse(value)];
  } catch {
    throw fail('SETTING_INVALID', { text });
  }
};

const show = (work: Work, data: object, settings: object): Promise<boolean> =>
  work.desk.data(data, (style) =>
    toSheet(
      Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)] as const),
      style,
    ),
  );
