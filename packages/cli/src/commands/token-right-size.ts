import { type Input, permissionsContract, type SuggestionView, tokensContract } from '@latchkey/contract';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { fail } from '../failure/cli-failure.ts';
import type { DeliveryOptions } from '../secret/delivery.ts';
import { confirm } from './confirm.ts';
import { parseDays } from './duration.ts';
import { choice, connectAs, describe, type Kit, type Work } from './kit.ts';
import { reveal, withDeliveryOptions } from './reveal.ts';
import { statementsTable, tellReplay } from './right-size-words.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';

type Api = Awaited<ReturnType<typeof connectAs>>['api'];
type Generality = NonNullable<Input<'permissions', 'suggest'>['generality']>;

interface RightSizeOptions extends DeliveryOptions {
  readonly days?: string;
  readonly generality?: keyof typeof GENERALITIES;
  readonly apply?: true;
  readonly name?: string;
  readonly acceptRefusals?: true;
  readonly yes?: true;
}

/** The API's word for each of ours. */
const GENERALITIES = { exact: 'exact', 'last-key': 'last_key', 'every-key': 'every_key' } as const satisfies Record<
  string,
  Generality
>;

/** Narrower permissions for a token, from what it was used for: shown first, and applied where that is asked for. */
export const describeTokenRightSize = (group: Command, kit: Kit): void => {
  const { say } = kit;
  const command = describe(group, 'right-size <id>', kit, {
    help: 'help.token.rightSize',
    examples: [
      'latchkey token right-size 3fK0aZ81bQ7rTx2m',
      'latchkey token right-size 3fK0aZ81bQ7rTx2m --days 90d --generality last-key --apply',
      "latchkey token right-size 3fK0aZ81bQ7rTx2m --apply --name 'deploy 2' --save .env --env FLAGS_TOKEN",
    ],
  })
    .option('--days <days>', say('help.rightSize.days'))
    .addOption(choice('--generality <how>', say('help.rightSize.generality'), Object.keys(GENERALITIES)))
    .option('--apply', say('help.rightSize.apply'))
    .option('--name <name>', say('help.rightSize.name'))
    .option('--accept-refusals', say('help.rightSize.acceptRefusals'))
    .option('--yes', say('help.yes'));
  withDeliveryOptions(command, say).action(async (id: string, options: RightSizeOptions) =>
    rightSize(await kit.begin(), id, options),
  );
};

const rightSize = async (work: Work, id: string, options: RightSizeOptions): Promise<void> => {
  const { days, generality, apply } = options;
  const { api, tokenId: own } = await connectAs(work);
  const input: Input<'permissions', 'suggest'> = {
    tokenId: parseTokenIdArgument(id, own),
    ...(days === undefined ? {} : { days: parseDays(days) }),
    ...(generality === undefined ? {} : { generality: GENERALITIES[generality] }),
  };
  const suggested = await answerOf(permissionsContract.suggest.output, api.permissions.suggest.query(input));
  if (apply === undefined) {
    await work.desk.data(suggested, statementsTable(work, suggested.statements));
    return tellReplay(work, suggested);
  }
  await tellReplay(work, suggested);
  requireApplicable(suggested, options);
  if (!options.yes) {
    const shown = statementsTable(work, suggested.statements)({ width: null, heading: (text) => text });
    for (const line of shown.trimEnd().split('\n')) await work.desk.notice(line);
  }
  await (suggested.kind === 'personal' ? changePersonal : cloneService)(work, api, suggested, options);
};

/** @throws CliFailure where applying it would do nothing, or break what works. */
const requireApplicable = (
  { since, narrower, statements, replay }: SuggestionView,
  options: RightSizeOptions,
): void => {
  if (since === null || statements.length === 0) throw fail('NOTHING_COUNTED');
  if (!narrower) throw fail('NOTHING_TO_NARROW');
  const refusals = replay.refusedCount + replay.uncertainCount;
  if (refusals > 0 && !options.acceptRefusals) throw fail('WOULD_REFUSE', { count: refusals });
};

const changePersonal = async (
  work: Work,
  api: Api,
  { tokenId, revision, statements }: SuggestionView,
  { yes }: RightSizeOptions,
): Promise<void> => {
  const { say, desk } = work;
  await confirm(work, yes ?? false, async () => say('rightSize.confirm'));
  const permissions = { type: 'statements', statements } as const;
  const { token } = await answerOf(
    tokensContract.changePermissions.output,
    // The revision: what somebody has changed since it was counted is not written over.
    api.tokens.changePermissions.mutate({ tokenId, revision, permissions }),
  );
  await desk.data(token, statementsTable(work, statements));
  await desk.notice(say('rightSize.changed'));
};

/** The permissions of a service token never change: another one gets the narrower ones, and a secret of its own. */
const cloneService = async (
  work: Work,
  api: Api,
  { tokenId, statements }: SuggestionView,
  { name, yes, ...delivery }: RightSizeOptions,
): Promise<void> => {
  const { say, desk } = work;
  if (name === undefined) throw fail('NAME_MISSING');
  await confirm(work, yes ?? false, async () => say('rightSize.confirmClone', { name }));
  const permissions = { type: 'statements', statements } as const;
  await reveal(
    work,
    delivery,
    () => fail('ISSUE_UNCERTAIN'),
    () => api.tokens.clone.mutate({ tokenId, name, permissions }),
  );
  await desk.notice(say('rightSize.cloned', { tokenId }));
};
