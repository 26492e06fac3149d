import type { IncomingMessage } from 'node:http';

/**
 * Whether a call by cookie may have been made by a page of somebody else. Calls that change nothing are not looked at:
 * the answer to them can't be read across sites.
 *
 * A browser says where a call comes from and no page can make it say otherwise: `Sec-Fetch-Site` where it is sent
 * (W3C Fetch Metadata), else `Origin` (RFC 6454). Neither: refused, for then it is no browser that we know.
 * The other half, that a body must be JSON, is `readJsonBody`'s.
 */
export const isCrossSite = (request: IncomingMessage, publicUrl: string): boolean => {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  return request.headers.origin !== new URL(publicUrl).origin;
};
