import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '@latchkey/core';
import type { ReminderContent } from '@latchkey/store';
import { mendUrl } from './console-url.ts';
import type { Notifier } from './notifier.ts';
import { pinAddress, type Resolve } from './public-address.ts';
import { reminderId } from './reminder-id.ts';
import { webhookHeaders } from './sign-webhook.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Each signs. */
  readonly secrets: readonly Uint8Array[];
  /** Of the console, for the link. */
  readonly publicUrl: string;
  /** Lets the receiver stand in a private network, and speak plain HTTP. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
  /** From the look-up of the name to the head of the answer; 10,000 ms by default. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

/**
 * Tells a receiver of the operator's, signed as Standard Webhooks have it. No redirect is followed, and the name is looked
 * up once: where it leads can't be changed between the check and the connection. The answer's body is never read.
 */
export const createWebhookNotifier = (options: WebhookOptions): Notifier => ({
  deliver: async (content) => {
    const body = JSON.stringify(toPayload(content, options));
    const status = await post(options, body, webhookHeadersOf(options, content, body));
    if (status >= 200 && status < 300) return 'sent';
    // Standard Webhooks: 410 Gone says that nothing is wanted here any more.
    if (status === 410) return 'refused';
    throw new Error(`the webhook receiver answered ${status}`);
  },
});

const webhookHeadersOf = ({ secrets, clock }: WebhookOptions, content: ReminderContent, body: string) =>
  webhookHeaders(secrets, { id: `msg_${reminderId(content)}`, at: clock.now(), body });

const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

/** ALLOW-LISTED-OUTPUT: what leaves, field by field. */
const toPayload = (content: ReminderContent, { publicUrl, clock }: WebhookOptions) => ({
  type: `token.${content.kind}_reminder`,
  timestamp: iso(clock.now()),
  data: {
    organizationId: content.organizationId,
    tokenId: content.tokenId,
    name: content.name,
    kind: content.tokenKind,
    memberId: content.memberId,
    about: iso(content.anchor),
    thresholdDays: content.thresholdDays,
    expiresAt: iso(content.expiresAt),
    lastUsedAt: iso(content.lastUsedAt),
    lastUsedAddress: content.lastUsedAddress,
    lastUsedClient: content.lastUsedClient,
    url: mendUrl(publicUrl, content),
  },
});

const post = async (
  { url, allowPrivate, timeoutMs = 10_000, resolve }: WebhookOptions,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> => {
  const target = new URL(url);
  if (target.protocol !== 'https:' && !(allowPrivate && target.protocol === 'http:')) {
    throw new Error('a webhook receiver is asked by https');
  }
  const signal = AbortSignal.timeout(timeoutMs);
  const pinned = await pinAddress(target.hostname, allowPrivate, resolve);
  return new Promise((settle, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const request: ClientRequest = send(
      target,
      {
        method: 'POST',
        agent: false,
        signal,
        // Node asks for one address or for all of them, as it likes.
        lookup: (_hostname, { all }, done) =>
          all === true ? done(null, [{ ...pinned }]) : done(null, pinned.address, pinned.family),
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'user-agent': 'latchkey-worker',
        },
      },
      (response) => {
        response.on('error', () => undefined);
        settle(response.statusCode ?? 0);
        response.destroy();
      },
    );
    request.on('error', reject);
    request.end(body);
  });
};
