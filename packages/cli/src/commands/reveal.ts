import { tokensContract } from '@latchkey/contract';
import { TRPCClientError } from '@trpc/client';
import type { Command } from 'commander';
import type { z } from 'zod';
import { answerOf } from '../api/answer.ts';
import { CliFailure, fail } from '../failure/cli-failure.ts';
import { networkCodeOf } from '../failure/explain.ts';
import type { Say } from '../language/say.ts';
import { showInstant } from '../output/instant.ts';
import { toSheet } from '../output/table.ts';
import { type DeliveryOptions, prepareDelivery } from '../secret/delivery.ts';
import { finishing } from './finishing.ts';
import type { Work } from './kit.ts';
import { tokenSheet } from './token-words.ts';

const revealed = tokensContract.issue.output;
export type Revealed = z.output<typeof revealed>;

/** Where a new secret goes, for every command that is handed one. */
export const withDeliveryOptions = (command: Command, say: Say): Command =>
  command
    .option('--save <file>', say('help.save'))
    .option('--env <name>', say('help.env'))
    .option('--save-to <command>', say('help.saveTo'))
    .option('--show', say('help.show'));

/**
 * Asks for a secret and keeps it. Where it shall go is settled first; once it was asked for, an interrupt waits until it
 * is kept: what was revealed is never revealed again (SECRET-ONCE).
 */
export const reveal = async (
  work: Work,
  options: DeliveryOptions,
  uncertain: () => CliFailure,
  send: () => Promise<unknown>,
  /** Once the secret is kept. */
  kept?: (tokenText: string) => Promise<void>,
): Promise<void> => {
  const { desk, say } = work;
  const delivery = await prepareDelivery(desk, options);
  await finishing(work, delivery.drop, async () => {
    const { token, tokenText } = await answerOf(revealed, send()).catch(async (error: unknown) => {
      await delivery.drop();
      throw mayHaveHappened(error) ? uncertain() : error;
    });
    const saved = await delivery.hand(tokenText).catch((error: unknown) => {
      throw notKept(token, error, say);
    });
    await kept?.(tokenText);
    const shown = await desk.data(delivery.printed ? { token, tokenText } : { token }, (style) =>
      toSheet(
        [...tokenSheet(token, say), ...(delivery.printed ? ([[say('column.tokenText'), tokenText]] as const) : [])],
        style,
      ),
    );
    if (delivery.printed && !shown) throw notKept(token, fail('OUTPUT_CLOSED'), say);
    if (saved !== null) await desk.notice(saved);
    for (const { acceptedUntil, hint } of token.secrets) {
      if (acceptedUntil !== null) await desk.notice(say('oldAccepted', { hint, until: showInstant(acceptedUntil) }));
    }
  });
};

/** Whether a call that failed may have done its work: it was sent, and no refusal came back. */
const mayHaveHappened = (error: unknown): boolean => {
  if (error instanceof CliFailure) return error.code === 'ANSWER_NOT_UNDERSTOOD';
  if (!(error instanceof TRPCClientError)) return true;
  const status = (error.data as { readonly httpStatus?: number } | null)?.httpStatus;
  if (status !== undefined) return status >= 500;
  return !NEVER_SENT.test(networkCodeOf(error.cause) ?? '');
};

// Nobody was at the other end of a connection yet.
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL)/;

const notKept = (token: Revealed['token'], error: unknown, say: Say): CliFailure => {
  const because =
    error instanceof CliFailure
      ? (say as (key: string, values: object) => string)(error.code, error.values)
      : 'unknown';
  return fail('SECRET_NOT_KEPT', { tokenId: token.tokenId, because });
};
