import type { LatchkeyApi } from '@latchkey/client';
import type { Output } from '@latchkey/contract';
import { useCallback, useEffect, useState } from 'react';

export type Who = Extract<Output<'self', 'whoami'>, { type: 'member' }>;
export type May = Output<'permissions', 'mine'>;

export type Session =
  | { readonly state: 'loading' }
  | { readonly state: 'signed-out' }
  | { readonly state: 'failed' }
  | { readonly state: 'signed-in'; readonly who: Who; readonly may: May };

/** Asks the API who is signed in, now and whenever `reload` is called. */
export const useSession = (api: LatchkeyApi): readonly [Session, () => void] => {
  const [session, setSession] = useState<Session>({ state: 'loading' });
  const [asked, setAsked] = useState(0);
  // `asked` is not read: counting it up is how one asks again.
  useEffect(() => {
    let current = true;
    setSession({ state: 'loading' });
    load(api).then((loaded) => current && setSession(loaded));
    return () => {
      current = false;
    };
  }, [api, asked]);
  return [session, useCallback(() => setAsked((count) => count + 1), [])];
};

const load = async (api: LatchkeyApi): Promise<Session> => {
  try {
    const who = await api.self.whoami.query();
    if (who.type !== 'member') return { state: 'failed' };
    return { state: 'signed-in', who, may: await api.permissions.mine.query() };
  } catch (error) {
    return { state: statusOf(error) === 401 ? 'signed-out' : 'failed' };
  }
};

/** tRPC's client puts the refusal into `data`; whatever else was thrown has none. */
const statusOf = (error: unknown): unknown =>
  (error as { readonly data?: { readonly httpStatus?: unknown } | null }).data?.httpStatus;
