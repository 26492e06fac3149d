import type { PermissionsInput } from '@latchkey/contract';
import { useState } from 'react';
import { useApi } from '../session/use-api.ts';
import { expiryInstant } from './expiry.ts';
import { addressRangesOf, type IssueDraft } from './issue-draft.ts';
import { useReveal } from './reveal.tsx';

/** Issues what was drafted, and hands the secret to its dialog. `done` is called only where a token was issued. */
export const useIssue = (done: () => void) => {
  const api = useApi();
  const { reveal } = useReveal();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const issue = async (draft: IssueDraft, permissions: PermissionsInput): Promise<void> => {
    setBusy(true);
    setError(null);
    const expiresAt = expiryInstant(draft.expiry, Date.now());
    try {
      // Not through a mutation of the query library: its cache would keep the answer, and the secret is in it.
      const { token, tokenText } = await api.tokens.issue.mutate({
        kind: draft.kind,
        name: draft.name,
        ...(draft.description === '' ? {} : { description: draft.description }),
        permissions,
        // What is no time at all is sent as it stands: the API says what is wrong with it.
        expiresAt: expiresAt === 'invalid' ? draft.expiry.local : expiresAt,
        addressRanges: addressRangesOf(draft.addressRanges),
      });
      done();
      reveal({
        tokenText,
        name: token.name,
        because: 'issued',
        olderUntil: null,
        returnFocus: () => document.querySelector<HTMLElement>('[data-add-token]')?.focus(),
      });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return { issue, busy, error };
};
