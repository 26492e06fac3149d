import type { ApiDeps } from '../deps.ts';
import type { CredentialAuthentication, PresentedCredential } from './authentication.ts';

/**
 * Judges a presented credential of the installation (`sys`): out of this process's memory where that is as good as asking
 * the store, by asking otherwise. It belongs to no organization and has no permissions in any; what it may call is said by
 * the procedures' requirements.
 * @throws StoreUnavailable
 */
export const authenticateCredential = async (
  { verifying }: Pick<ApiDeps, 'verifying'>,
  { text }: Pick<PresentedCredential, 'text'>,
): Promise<CredentialAuthentication> => {
  const verdict = await verifying.credentials.verify(text);
  if (!verdict.accepted) return UNAUTHORIZED;
  const stands = () => {
    const again = verifying.credentials.verify(text);
    return again instanceof Promise ? again.then(isAccepted) : again.accepted;
  };
  return { accepted: true, principal: { type: 'credential', credential: verdict.subject, stands } };
};

const isAccepted = ({ accepted }: { readonly accepted: boolean }): boolean => accepted;

const UNAUTHORIZED = { accepted: false, status: 401 } as const;
