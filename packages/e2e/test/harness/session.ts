import { createApi, type LatchkeyApi } from '@latchkey/client';

/** A signed-in member, as the console is one: a cookie and an Origin. */
export interface MemberSession {
  readonly api: LatchkeyApi;
  readonly cookie: string;
}

/** Opens a one-time sign-in link as a browser does, and keeps the cookie that it sets. */
export const createSession = async (url: string, link: string): Promise<MemberSession> => {
  const response = await fetch(link, { redirect: 'manual' });
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  if (!cookie) throw new Error(`The sign-in link answered ${response.status} and set no cookie.`);
  const withCookie: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('cookie', cookie);
    headers.set('origin', url);
    return fetch(input, { ...init, headers });
  };
  return { api: createApi({ url, credential: null, fetch: withCookie }), cookie };
};

/** The API with a token. */
export const withToken = (url: string, token: string): LatchkeyApi => createApi({ url, credential: token });

/** What a refused call says: its stable code, HTTP status and details. */
export const refusalOf = async (
  call: Promise<unknown>,
): Promise<{ readonly code: string; readonly httpStatus: number; readonly details: Record<string, unknown> }> => {
  try {
    await call;
  } catch (error) {
    const data = (error as { readonly data?: Record<string, unknown> }).data;
    if (data)
      return {
        code: String(data['code']),
        httpStatus: Number(data['httpStatus']),
        details: (data['details'] ?? {}) as Record<string, unknown>,
      };
    throw error;
  }
  throw new Error('The call was not refused.');
};
