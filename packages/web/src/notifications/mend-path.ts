import type { NotificationView } from '@latchkey/contract';

/** The one page of the console where what a notification speaks of can be mended; mails link to the same ones. */
export const mendPath = ({ kind, tokenId }: Pick<NotificationView, 'kind' | 'tokenId'>): string => {
  if (tokenId !== null) return `/integrations/access-tokens/${tokenId}`;
  return kind === 'webhook_disabled' ? '/settings' : '/members';
};
