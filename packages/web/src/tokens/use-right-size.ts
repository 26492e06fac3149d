import type { SuggestionView, TokenView } from '@latchkey/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { useReveal } from './reveal.tsx';
import { focusMenuOf } from './row-menu.tsx';

/**
 * Applies a suggestion: to a personal token itself; of a service token, whose permissions never change, another one is
 * issued with them, and its secret is revealed.
 */
export const useRightSize = (token: TokenView, done: () => void) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const { reveal } = useReveal();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { tokenId } = token;

  const change = async ({ statements, revision }: SuggestionView) => {
    // The revision it was suggested for: what somebody has changed meanwhile is not written over.
    await api.tokens.changePermissions.mutate({ tokenId, revision, permissions: { type: 'statements', statements } });
    say(m.rightSize.changed(token.name));
    done();
  };
  const replace = async ({ statements }: SuggestionView, name: string) => {
    // Not through a mutation of the query library: its cache would keep the answer, and the secret is in it.
    const { tokenText } = await api.tokens.clone.mutate({
      tokenId,
      name,
      permissions: { type: 'statements', statements },
    });
    done();
    reveal({ tokenText, name, because: 'issued', olderUntil: null, returnFocus: () => focusMenuOf(tokenId) });
  };

  const apply = async (suggested: SuggestionView, name: string): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await (token.kind === 'personal' ? change(suggested) : replace(suggested, name));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    }
  };
  return { apply, busy, error };
};
