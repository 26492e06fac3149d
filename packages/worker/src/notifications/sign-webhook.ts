import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** 24 to 64 bytes behind `whsec_`, in base64. @returns `null` for anything else. */
export const parseWebhookSecret = (text: string): Buffer | null => {
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(prefix.length))) return null;
  const secret = Buffer.from(text.slice(prefix.length), 'base64');
  return secret.length >= 24 && secret.length <= 64 ? secret : null;
};

/** The three headers of Standard Webhooks 1.0 ("Webhook headers", symmetric signatures). */
export const webhookHeaders = (
  secret: Uint8Array,
  message: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(message.at / 1_000));
  const signature = createHmac('sha256', secret).update(`${message.id}.${timestamp}.${message.body}`).digest('base64');
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
};
