import type { LatchkeyApi } from '@latchkey/client';
import { useSession } from './session.ts';
import { SignedIn } from './signed-in.tsx';

/** The console's frame: who is signed in, or why nobody is. */
export const Console = ({ api }: { readonly api: LatchkeyApi }) => {
  const [session, reload] = useSession(api);
  return (
    <main aria-busy={session.state === 'loading'}>
      <h1>Latchkey</h1>
      {session.state === 'loading' && <p role="status">Loading…</p>}
      {session.state === 'signed-out' && (
        <section aria-labelledby="signed-out">
          <h2 id="signed-out">You are signed out</h2>
          <p>
            Open the one-time link that the server printed when it started, or have an operator make a new one with{' '}
            <code>latchkey-server sign-in-link</code>.
          </p>
        </section>
      )}
      {session.state === 'failed' && (
        <section role="alert">
          <h2>Your session could not be loaded</h2>
          <p>The server did not answer as it should. Nothing was changed.</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </section>
      )}
      {session.state === 'signed-in' && <SignedIn api={api} session={session} onSignedOut={reload} />}
    </main>
  );
};
