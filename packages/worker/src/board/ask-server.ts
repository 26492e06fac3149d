/** What the server says of a browser that wants to see the board. */
export type BoardVisitor = 'allowed' | 'nobody' | 'forbidden' | 'unknown';

export interface AskServerOptions {
  /** Where the server answers this worker; it may be another address than the one that people open. */
  readonly serverUrl: string;
  /** Whose administrators may look: the board shows the work of every organization. */
  readonly organizationId: string;
  readonly timeoutMs?: number;
}

/** As far as it is looked at here; none of it is taken on trust. */
interface Self {
  readonly type?: unknown;
  readonly organization?: { readonly id?: unknown };
}

/**
 * Asks the server, each time, whether the session of this cookie is one of an administrator. The worker itself can read no
 * session. FAIL-CLOSED: whatever is neither a clear yes nor a clear no is `unknown`, and nobody gets in by it.
 */
export const createAskServer =
  ({ serverUrl, organizationId, timeoutMs = 3_000 }: AskServerOptions) =>
  async (cookie: string | undefined): Promise<BoardVisitor> => {
    if (cookie === undefined) return 'nobody';
    const get = async (path: string): Promise<Response> =>
      fetch(`${serverUrl.replace(/\/+$/, '')}/api/v1${path}`, {
        // The cookie and nothing else of the browser's: no credential of another kind is taken for a sign-in.
        headers: { cookie, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
    try {
      // Any administrator's question will do: this one is answered to nobody else.
      const [self, administers] = await Promise.all([get('/self'), get('/system/verifiers')]);
      const who = ((await self.json()) as { readonly data?: Self | null }).data;
      if (self.status === 401) return 'nobody';
      if (self.status !== 200 || who?.type !== 'member') return self.status === 403 ? 'forbidden' : 'unknown';
      // TENANT-WALL: administrators of other organizations have no business here.
      if (who.organization?.id !== organizationId || administers.status === 403) return 'forbidden';
      return administers.status === 200 ? 'allowed' : 'unknown';
    } catch {
      return 'unknown';
    }
  };
