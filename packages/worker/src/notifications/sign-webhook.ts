import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

const mostSecrets = 4;

/**
 * Several apart by commas: while one takes another's place a message is signed with both, and the receiver may know either.
 * @returns `null` where one of them is none
 */
export const parseWebhookSecrets = (text: string): readonly Uint8Array[] | null => {
  const secrets = text.split(',').map(parseWebhookSecret);
  const known = secrets.filter((secret) => secret !== null);
  return known.length === secrets.length && known.length <= mostSecrets ? known : null;
};

/** 24 to 64 bytes behind `whsec_`, in base64. @returns `null` for anything else. */
const parseWebhookSecret = (text: string): Buffer | null => {
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(prefix.length))) return null;
  const secret = Buffer.from(text.slice(prefix.length), 'base64');
  return secret.length >= 24 && secret.length <= 64 ? secret : null;
};

/** The three headers of Standard Webhooks 1.0 ("Webhook headers", symmetric signatures): a signature for each secret, apart by spaces. */
export const webhookHeaders = (
  secrets: readonly Uint8Array[],
  message: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(message.at / 1_000));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
};
