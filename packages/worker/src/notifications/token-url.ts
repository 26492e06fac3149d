/** The one page where all that a reminder speaks of can be mended. */
export const tokenUrl = (publicUrl: string, tokenId: string): string =>
  new URL(
    `integrations/access-tokens/${encodeURIComponent(tokenId)}`,
    publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`,
  ).href;
