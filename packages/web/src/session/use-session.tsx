import type { Output } from '@latchkey/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { isSignedOut } from '../refusals/refusal.ts';
import type { OtherTabs } from './other-tabs.ts';
import type { SessionEnd } from './session-end.ts';
import { useApi } from './use-api.ts';

export type Who = Extract<Output<'self', 'whoami'>, { type: 'member' }>;
export type May = Output<'permissions', 'mine'>;

export type Session =
  | { readonly state: 'loading' }
  | { readonly state: 'signed-out' }
  | { readonly state: 'failed'; readonly retry: () => void }
  /** `ended`: the cookie is no longer good, and what is on the page is kept until somebody signs in again. */
  | { readonly state: 'signed-in'; readonly who: Who; readonly ended: boolean };

export interface SessionControl {
  readonly session: Session;
  /** Asks again who is signed in. Gives whether the same member is. */
  readonly refresh: () => Promise<'same' | 'other' | 'nobody'>;
  readonly signOut: () => Promise<void>;
  /** After this tab has signed somebody in. */
  readonly signedIn: () => Promise<'same' | 'other' | 'nobody'>;
}

const Context = createContext<SessionControl | null>(null);

const identityOf = (who: Who) => `${who.organization.id}/${who.member.id}`;

/** Keeps track of who is signed in: in this tab, and when another one signs in or out. */
export const SessionProvider = ({
  end,
  tabs,
  children,
}: {
  readonly end: SessionEnd;
  readonly tabs: OtherTabs;
  readonly children: ReactNode;
}) => {
  const api = useApi();
  const queries = useQueryClient();
  const [who, setWho] = useState<Who | null>(null);
  const [without, setWithout] = useState<'loading' | 'signed-out' | 'failed'>('loading');
  const [ended, setEnded] = useState(false);
  const latest = useRef<Who | null>(null);

  const become = useCallback(
    (found: Who | null) => {
      const before = latest.current;
      const same = before !== null && found !== null && identityOf(before) === identityOf(found);
      latest.current = found;
      // Somebody else's page: nothing of what the one before has loaded or typed may stay.
      if (!same) queries.clear();
      setWho(found);
      setEnded(false);
      if (same) void queries.invalidateQueries();
      return same ? ('same' as const) : ('other' as const);
    },
    [queries],
  );

  const refresh = useCallback(async () => {
    try {
      const found = await api.self.whoami.query();
      if (found.type === 'member') return become(found);
      setWithout('failed');
    } catch (error) {
      if (latest.current !== null && isSignedOut(error)) setEnded(true);
      setWithout(isSignedOut(error) ? 'signed-out' : 'failed');
    }
    return 'nobody' as const;
  }, [api, become]);

  const retry = useCallback(() => {
    setWithout('loading');
    void refresh();
  }, [refresh]);

  useEffect(() => void refresh(), [refresh]);
  useEffect(() => end.listen(() => setEnded(true)), [end]);
  useEffect(() => tabs.listen(() => void refresh()), [tabs, refresh]);
  // Two tabs share one cookie: a tab that was left open must not act as the member whom another tab has signed in since.
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === 'visible' && latest.current !== null) void refresh();
    };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [refresh]);

  const signOut = useCallback(async () => {
    await api.self.signOut.mutate();
    become(null);
    setWithout('signed-out');
    tabs.tell();
  }, [api, become, tabs]);

  const signedIn = useCallback(async () => {
    const result = await refresh();
    tabs.tell();
    return result;
  }, [refresh, tabs]);

  const session: Session =
    who !== null
      ? { state: 'signed-in', who, ended }
      : without === 'failed'
        ? { state: 'failed', retry }
        : { state: without };

  return <Context value={{ session, refresh, signOut, signedIn }}>{children}</Context>;
};

export const useSession = (): SessionControl => {
  const value = use(Context);
  if (value === null) throw new Error('There is no SessionProvider above.');
  return value;
};

/** The member who is signed in; for what is shown to members only. */
export const useWho = (): Who => {
  const { session } = useSession();
  if (session.state !== 'signed-in') throw new Error('Nobody is signed in.');
  return session.who;
};

/** What the member may do, as the API says; `undefined` until it has. */
export const useMay = (): May | undefined => {
  const api = useApi();
  return useQuery({ queryKey: ['mine'], queryFn: () => api.permissions.mine.query(), staleTime: 10_000 }).data;
};
