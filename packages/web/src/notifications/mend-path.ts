import type { NotificationView } from '@latchkey/contract';

/** The one page of the console where what a notification speaks of can be mended; mails link to the same ones. */
export const mendPath = ({
  kind,
  tokenId,
  aboutMemberId,
}: Pick<NotificationView, 'kind' | 'tokenId' | 'aboutMemberId'>): string => {
  if (tokenId !== null) return `/integrations/access-tokens/${tokenId}`;
  if (kind === 'removal_report' && aboutMemberId !== null) {
    return `/members?report=${encodeURIComponent(aboutMemberId)}`;
  }
  return '/members';
};
