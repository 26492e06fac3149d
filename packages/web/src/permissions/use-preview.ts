import type { Output, PermissionsInput, RequestInput } from '@latchkey/contract';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useApi } from '../session/use-api.ts';
import type { Kind } from './permission-draft.ts';

export type Preview = Output<'permissions', 'preview'>;

interface Asked {
  readonly kind: Kind;
  readonly permissions: PermissionsInput | null;
  readonly requests: readonly RequestInput[];
}

/** What the real engine says a token with these permissions would be able to do; asked once the typing rests. */
export const usePreview = (asked: Asked): { readonly query: UseQueryResult<Preview>; readonly settled: boolean } => {
  const api = useApi();
  const text = JSON.stringify(asked);
  const [rested] = useDebouncedValue(text, 250);
  const query = useQuery({
    queryKey: ['preview', rested],
    queryFn: () => {
      const { kind, permissions, requests } = JSON.parse(rested) as Asked;
      if (permissions === null) throw new Error('There is nothing to preview.');
      return api.permissions.preview.mutate({ kind, permissions, requests: [...requests] });
    },
    enabled: (JSON.parse(rested) as Asked).permissions !== null,
    placeholderData: keepPreviousData,
  });
  return { query, settled: rested === text && !query.isPlaceholderData && !query.isFetching };
};
