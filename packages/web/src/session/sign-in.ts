export type SignInResult = 'signed-in' | 'foreign-link' | 'refused' | 'unreachable';

const answer = async (path: string, init?: RequestInit): Promise<SignInResult> => {
  try {
    const response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init?.headers } });
    return response.ok ? 'signed-in' : 'refused';
  } catch {
    return 'unreachable';
  }
};

/**
 * Takes a one-time link without leaving the page. Only its secret is used, at our own address: a link of somebody else's
 * server must not be opened by pasting it.
 */
export const signInByLink = async (text: string): Promise<SignInResult> => {
  const link = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const secret = link?.searchParams.get('link') ?? null;
  if (link === null || secret === null || link.origin !== location.origin || link.pathname !== '/sign-in')
    return 'foreign-link';
  return answer(`/sign-in?${new URLSearchParams({ link: secret })}`);
};

/** The demo's "sign in as"; other installations have no such address. */
export const signInAs = (organizationId: string, memberId: string): Promise<SignInResult> =>
  answer('/sign-in-as', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ organizationId, memberId }),
  });
