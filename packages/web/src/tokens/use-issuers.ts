import type { TokenView } from '@latchkey/contract';
import { useQuery } from '@tanstack/react-query';
import { isolated } from '../language/shown.ts';
import { useApi } from '../session/use-api.ts';
import { useMay, useWho } from '../session/use-session.tsx';
import type { IssuerChoice } from './token-filters.tsx';

/** Whom the list can be filtered by: oneself, the members for whoever may list them, and who is on the page. */
export const useIssuers = (shown: readonly TokenView[], chosen: string): readonly IssuerChoice[] => {
  const api = useApi();
  const { member } = useWho();
  const may = useMay();
  const members = useQuery({
    queryKey: ['members', 'issuers'],
    queryFn: () => api.members.list.query({ includeRemoved: true, limit: 200 }),
    enabled: may?.mayAdminister ?? false,
    staleTime: 60_000,
  });
  const choices = new Map<string, string>([[member.id, member.name]]);
  for (const { memberId, name } of members.data?.items ?? []) choices.set(memberId, name);
  for (const { issuer } of shown) if (!choices.has(issuer.id)) choices.set(issuer.id, issuer.name ?? issuer.id);
  if (chosen !== '' && !choices.has(chosen)) choices.set(chosen, chosen);
  return [...choices].map(([id, name]) => ({ id, name: isolated(name) }));
};
