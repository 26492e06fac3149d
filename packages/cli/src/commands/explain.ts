import { type Output, permissionsContract } from '@latchkey/contract';
import { parseToken } from '@latchkey/core/token';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { EXIT } from '../exit.ts';
import { fail } from '../failure/cli-failure.ts';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';
import { toSheet } from '../output/table.ts';
import { readSecret } from '../secret/read-secret.ts';
import { connectAs, describe, type Kit, type Work } from './kit.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';

type Explained = Output<'permissions', 'explain'>;

interface ExplainOptions {
  readonly mine?: true;
  readonly at?: string;
  readonly hint?: string;
  readonly address?: string;
  readonly presented?: true;
  readonly file?: string;
}

export const describeExplain = (program: Command, kit: Kit): void => {
  const { say } = kit;
  describe(program, 'explain <words...>', kit, {
    help: 'help.explain',
    examples: [
      'latchkey explain 3fK0aZ81bQ7rTx2m ToggleFlag project/shop:env/prod:flag/checkout',
      'latchkey explain --presented --address 192.0.2.7 ToggleFlag project/shop:env/prod:flag/checkout < refused.txt',
      "latchkey explain --mine ToggleFlag 'project/shop:env/prod:flag/checkout;paid' --output json",
    ],
  })
    .usage(
      '[options] <token-id> <action> <resource>\n       latchkey explain [options] --mine <action> <resource>\n       latchkey explain [options] --presented <action> <resource>',
    )
    .option('--mine', say('help.explain.mine'))
    .option('--at <instant>', say('help.explain.at'))
    .option('--address <address>', say('help.verify.address'))
    .option('--hint <characters>', say('help.explain.hint'))
    .option('--presented', say('help.explain.presented'))
    .option('--file <file>', say('help.verify.file'))
    .action(async (words: readonly string[], options: ExplainOptions) => explain(await kit.begin(), words, options));
};

const explain = async (work: Work, words: readonly string[], options: ExplainOptions): Promise<void> => {
  const { mine, at, address, presented } = options;
  if (mine && presented) throw fail('OPTIONS_CONFLICT', { names: '--mine, --presented' });
  const names = mine || presented ? ['action', 'resource'] : ['token-id', 'action', 'resource'];
  if (words.length > names.length) throw fail('EXCESS_ARGUMENTS');
  const missing = names[words.length];
  if (missing !== undefined) throw fail('MISSING_ARGUMENT', { name: missing });
  const [action = '', resource = ''] = words.slice(-2);
  const { api, tokenId: own } = await connectAs(work);
  const whose = mine
    ? {}
    : presented
      ? await readPresented(work, options)
      : {
          tokenId: parseTokenIdArgument(words[0] ?? '', own),
          ...(options.hint === undefined ? {} : { hint: options.hint }),
        };
  if (whose === null) return;
  const { language } = work.settings;
  const explained = await answerOf(
    permissionsContract.explain.output,
    api.permissions.explain.mutate({
      ...whose,
      request: { action, resource },
      language,
      ...(at === undefined ? {} : { at }),
      ...(address === undefined ? {} : { address }),
    }),
  );
  await work.desk.data(explained, (style) => toSheet(sheetOf(explained, work.say), style));
  // What nobody knows any more was not allowed by anybody (FAIL-CLOSED).
  if (explained.outcome !== 'allow') work.exitWith(EXIT.denied);
};

/**
 * The id and the last characters of a text that was presented; nothing else of it leaves this machine (SECRET-ONCE). `null`
 * where it is no token at all, which is told here: no server was ever asked what it allows.
 */
const readPresented = async (
  work: Work,
  { file }: ExplainOptions,
): Promise<{ readonly tokenId: string; readonly hint: string } | null> => {
  const { world, desk, say } = work;
  const text = await readSecret(world, desk, { file, prompt: say('prompt.refused') });
  const [prefix = ''] = text.split('_', 1);
  const parsed = parseToken(text, { prefixes: [prefix] });
  if (parsed.ok) return { tokenId: parsed.tokenId, hint: text.slice(-4) };
  const told = { outcome: 'deny', decidedBy: 'format', because: parsed.because, says: say(`format.${parsed.because}`) };
  await desk.data(told, (style) =>
    toSheet(
      [
        [say('column.decision'), say('denied')],
        [say('column.because'), told.says],
      ],
      style,
    ),
  );
  work.exitWith(EXIT.denied);
  return null;
};

/** The server's sentences, in the caller's language; the statements themselves stand in the JSON. */
const sheetOf = (explained: Explained, say: Say): (readonly [string, string])[] => [
  [say('column.decision'), say(OUTCOMES[explained.outcome])],
  [say('column.because'), explained.says],
  [say('column.at'), showInstant(explained.at)],
  ...explained.layers.flatMap(({ layer, says, matched, nearMisses, matchedCount, nearMissCount }) => {
    const told = [...matched, ...nearMisses];
    const more = matchedCount + nearMissCount - told.length;
    return [
      [say(`layer.${layer}`), says] as const,
      ...told.map((each) => ['', each.says] as const),
      ...(more > 0 ? [['', say('andMore', { count: more })] as const] : []),
    ];
  }),
  ...explained.advice.map((advice, index) => [index === 0 ? say('column.advice') : '', advice] as const),
];

const OUTCOMES = { allow: 'allowed', deny: 'denied', unknown: 'unknown' } as const;
