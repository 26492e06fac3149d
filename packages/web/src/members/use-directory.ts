import type { GroupView, PolicyRecordView } from '@latchkey/contract';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../session/use-api.ts';

/** Policies and groups by their ids, for showing and choosing. */
export const useDirectory = () => {
  const api = useApi();
  const policies = useQuery({
    queryKey: ['policies', 'all'],
    queryFn: async () => {
      const items: PolicyRecordView[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await api.policies.list.query({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    },
  });
  const groups = useQuery({
    queryKey: ['groups', 'all'],
    queryFn: async () => {
      const items: GroupView[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await api.groups.list.query({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    },
  });
  return { policies: policies.data, groups: groups.data, error: policies.error ?? groups.error };
};
