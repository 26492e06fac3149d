/** Below the console's address, whether or not that ends with a slash. */
const below = (publicUrl: string, path: string): string =>
  new URL(path, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href;

/** Where an administrator says who is told of what. */
export const settingsUrl = (publicUrl: string): string => below(publicUrl, 'settings');

/** The one page where what a notification speaks of can be mended. */
export const mendUrl = (
  publicUrl: string,
  {
    kind,
    tokenId,
    content,
  }: {
    readonly kind: string;
    readonly tokenId: string | null;
    readonly content?: { readonly aboutMemberId?: string | null };
  },
): string => {
  if (tokenId !== null) return below(publicUrl, `integrations/access-tokens/${encodeURIComponent(tokenId)}`);
  if (kind === 'removal_report' && content?.aboutMemberId != null) {
    return below(publicUrl, `members?report=${encodeURIComponent(content.aboutMemberId)}`);
  }
  return below(publicUrl, 'members');
};
