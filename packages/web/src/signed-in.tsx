import type { LatchkeyApi } from '@latchkey/client';
import { useState } from 'react';
import type { Session } from './session.ts';

export const SignedIn = ({
  api,
  session: { who, may },
  onSignedOut,
}: {
  readonly api: LatchkeyApi;
  readonly session: Extract<Session, { state: 'signed-in' }>;
  readonly onSignedOut: () => void;
}) => {
  const [failed, setFailed] = useState(false);
  const signOut = () => {
    setFailed(false);
    api.self.signOut.mutate().then(onSignedOut, () => setFailed(true));
  };
  return (
    <section aria-labelledby="who">
      <h2 id="who">
        {who.member.name}, {who.organization.name}
      </h2>
      <p>{who.member.email}</p>
      <dl>
        {abilities(may).map(([what, allowed]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{allowed ? 'yes' : 'no'}</dd>
          </div>
        ))}
        <div>
          <dt>Policies</dt>
          <dd>{may.policies.map(({ name }) => name).join(', ') || 'none'}</dd>
        </div>
      </dl>
      {failed && <p role="alert">You could not be signed out. Try again.</p>}
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </section>
  );
};

const abilities = (may: Extract<Session, { state: 'signed-in' }>['may']) =>
  [
    ['See every access token', may.mayListTokens],
    ['Manage your own tokens', may.mayManagePersonalTokens],
    ['Manage service tokens', may.mayManageServiceTokens],
    ['Administer members and policies', may.mayAdminister],
  ] as const;
