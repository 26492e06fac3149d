import { selfContract, settingsContract, type TokenView, tokensContract } from '@latchkey/contract';
import { TRPCClientError } from '@trpc/client';
import type { Command } from 'commander';
import { answerOf } from '../api/answer.ts';
import { type Connection, connect } from '../api/connect.ts';
import { CliFailure, fail } from '../failure/cli-failure.ts';
import { showInstant } from '../output/instant.ts';
import { toSheet } from '../output/table.ts';
import type { DeliveryOptions } from '../secret/delivery.ts';
import { readHeldSecret } from '../secret/held-secret.ts';
import { lockPlace } from '../secret/lock-place.ts';
import { parseDays, parseDuration } from './duration.ts';
import { describe, type Kit, type Work } from './kit.ts';
import { reveal, withDeliveryOptions } from './reveal.ts';
import { parseTokenIdArgument } from './token-id-argument.ts';
import { tokenSheet } from './token-words.ts';

interface RotateOptions extends DeliveryOptions {
  readonly due?: true;
  readonly age?: string;
  readonly token?: string;
  readonly grace?: string;
  readonly cutWhenSilent?: string;
}

const DAY_MS = 86_400_000;
/** Where the organization asks for no rotation at all. */
const USUAL_AGE_DAYS = 90;
const EXPIRES_SOON_MS = 7 * DAY_MS;

/** What a scheduled job runs: as often as one likes, and a secret is replaced when its time has come. */
export const describeRotate = (program: Command, kit: Kit): void => {
  const { say } = kit;
  const command = describe(program, 'rotate', kit, {
    help: 'help.rotate',
    examples: [
      'latchkey rotate --due --save /run/secrets/flags-token',
      'latchkey rotate --due --age 30d --save /etc/flags/token.env --env FLAGS_TOKEN --cut-when-silent 1h',
      'latchkey rotate --due --token 3fK0aZ81bQ7rTx2m --save /srv/ci/token',
    ],
  })
    .option('--due', say('help.rotate.due'))
    .option('--age <days>', say('help.rotate.age'))
    .option('--token <id>', say('help.rotate.token'))
    .option('--grace <duration>', say('help.grace'))
    .option('--cut-when-silent <duration>', say('help.cutWhenSilent'));
  withDeliveryOptions(command, say)
    .addHelpText('after', `\n${say('help.rotate.again')}`)
    .action(async (options: RotateOptions) => lockAndRotate(await kit.begin(), options));
};

const lockAndRotate = async (work: Work, options: RotateOptions): Promise<void> => {
  if (options.save === undefined) return rotateIfDue(work, options);
  const unlock = await lockPlace(options.save);
  try {
    await rotateIfDue(work, options);
  } finally {
    await unlock();
  }
};

const rotateIfDue = async (work: Work, options: RotateOptions): Promise<void> => {
  const { world, settings, desk, say } = work;
  const held = await readHeldSecret(options);
  const other = options.token;
  const connection = await connect(world, settings, other === undefined ? held : null);
  const token = await find(connection, other);
  // By its last characters: which of the two live secrets the place holds.
  const text = other === undefined ? connection.credential : held;
  const [newest] = token.secrets;
  const mine = token.secrets.find(({ hint }) => text?.endsWith(hint)) ?? newest;
  if (newest === undefined || mine === undefined) throw fail('ANSWER_NOT_UNDERSTOOD');
  const isOlder = mine.number !== newest.number;
  const dueAt = Date.parse(newest.createdAt) + (await ageDays(connection, options)) * DAY_MS;
  if (token.expiresAt !== null && Date.parse(token.expiresAt) - Date.now() < EXPIRES_SOON_MS) {
    await desk.warn('EXPIRES_SOON', say('rotate.expiresSoon', { when: showInstant(token.expiresAt) }));
  }
  // An older secret in the place: it was replaced, and the answer did not arrive here. It is asked for again, due or not.
  if (options.due && !isOlder && Date.now() < dueAt) {
    await desk.data({ rotated: false, dueAt: new Date(dueAt).toISOString(), token }, (style) =>
      toSheet(tokenSheet(token, say), style),
    );
    await desk.notice(say('rotate.notDue', { when: showInstant(new Date(dueAt).toISOString()) }));
    return;
  }
  await reveal(
    work,
    options,
    () => fail('ROTATION_UNANSWERED', { tokenId: token.tokenId }),
    () => ask(connection, options, { tokenId: token.tokenId, secretNumber: mine.number }),
    other === undefined ? (fresh) => confirm(work, fresh, token.tokenId) : undefined,
  );
};

const find = async ({ api, tokenId }: Connection, other: string | undefined): Promise<TokenView> => {
  if (other !== undefined) {
    const input = { tokenId: parseTokenIdArgument(other, tokenId) };
    return answerOf(tokensContract.get.output, api.tokens.get.query(input));
  }
  const who = await answerOf(selfContract.whoami.output, api.self.whoami.query());
  if (who.type !== 'token') throw fail('ANSWER_NOT_UNDERSTOOD');
  return who.token;
};

const ageDays = async ({ api }: Connection, { age }: RotateOptions): Promise<number> => {
  if (age !== undefined) return parseDays(age);
  const { settings } = await answerOf(settingsContract.get.output, api.settings.get.query());
  return settings.rotationAgeDays ?? USUAL_AGE_DAYS;
};

/**
 * ONE-ROTATION: the key is made of what is replaced, so that a run which ended between answer and file asks the same
 * again: while nobody has used the lost secret it is replaced, and nothing forks.
 */
const ask = async (
  { api }: Connection,
  { token: other, grace, cutWhenSilent }: RotateOptions,
  { tokenId, secretNumber }: { readonly tokenId: string; readonly secretNumber: number },
) => {
  const terms = {
    idempotencyKey: `rotate:${tokenId}:${secretNumber}`,
    ...(grace === undefined ? {} : { graceMs: parseDuration(grace) }),
    ...(cutWhenSilent === undefined ? {} : { cutWhenSilentMs: parseDuration(cutWhenSilent) }),
  };
  try {
    return await (other === undefined
      ? api.self.rotate.mutate(terms)
      : api.tokens.rotate.mutate({ tokenId, ...terms }));
  } catch (error) {
    const code = error instanceof TRPCClientError ? (error.data as { readonly code?: unknown } | null)?.code : null;
    if (code === 'SECRET_SUPERSEDED' || code === 'ALREADY_REVEALED') throw fail('NEWEST_HELD_ELSEWHERE', { tokenId });
    throw error;
  }
};

/** The first use of the new secret: from now on no repetition can replace it. Only a refusal says that it is not good. */
const confirm = async ({ world, settings }: Work, fresh: string, tokenId: string): Promise<void> => {
  try {
    const { api } = await connect(world, settings, fresh);
    await api.self.whoami.query();
  } catch (error) {
    const status =
      error instanceof TRPCClientError
        ? (error.data as { readonly httpStatus?: unknown } | null)?.httpStatus
        : error instanceof CliFailure
          ? 401
          : null;
    if (status === 401) throw fail('NEWEST_HELD_ELSEWHERE', { tokenId });
  }
};
