import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import type { LatchkeyRouter } from './router.ts';

export type LatchkeyApi = TRPCClient<LatchkeyRouter>;

export interface ApiOptions {
  /** Where Latchkey is mounted, such as `https://iam.example.com/latchkey`; a slash at the end does no harm. */
  readonly url: string;
  /**
   * Text of the credential that this program presents: a verifier credential, or a token. A function is called at every
   * HTTP request, so that the credential can be rotated. `null` in a browser, which has its session's cookie.
   */
  readonly credential: string | (() => string | Promise<string>) | null;
  /** Milliseconds until a call is given up; 5,000 where left out. */
  readonly timeoutMs?: number;
  /** For tests and proxies; the global `fetch` where left out. */
  readonly fetch?: typeof fetch;
}

/** The typed API: every procedure of the contract. A refused call throws tRPC's `TRPCClientError`, with Latchkey's code in `data.code`. */
export const createApi = (options: ApiOptions): LatchkeyApi => {
  const { credential, timeoutMs = 5_000 } = options;
  const send = options.fetch ?? fetch;
  return createTRPCClient<LatchkeyRouter>({
    links: [
      // One call, one HTTP request: a batch would be as slow as its slowest part, and refused as a whole.
      httpLink({
        url: `${options.url.replace(/\/+$/, '')}/trpc`,
        headers: async () => {
          const presented = typeof credential === 'function' ? await credential() : credential;
          return presented === null ? {} : { authorization: `Bearer ${presented}` };
        },
        fetch: (input, init) => {
          const limit = AbortSignal.timeout(timeoutMs);
          const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
          // The credential goes to this address and to no other: a redirect is an error.
          return send(input, { ...(init as RequestInit), signal, redirect: 'error' });
        },
      }),
    ],
  });
};
