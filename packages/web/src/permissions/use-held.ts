import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../session/use-api.ts';
import { type Catalogue, type PermissionDraft, patternsOf } from './permission-draft.ts';
import { MAX_REQUESTS } from './preview-requests.ts';

/** Whether the member itself may do an action on every resource that was chosen; `undefined` until the API has said. */
export type Held = (type: string, action: string) => boolean | undefined;

/** Asks the engine about every action on the chosen resources: whatever it denies, a token of this member can't have. */
export const useHeld = (draft: PermissionDraft, catalogue: Catalogue): Held => {
  const api = useApi();
  const wanted = catalogue.resourceTypes.flatMap((type) =>
    patternsOf(type, draft.grants[type.type]).flatMap((resource) =>
      type.actions.map(({ name }) => ({ type: type.type, action: name, resource })),
    ),
  );
  const [asked] = useDebouncedValue(JSON.stringify(wanted), 250);
  const { data } = useQuery({
    queryKey: ['held', asked],
    queryFn: async () => {
      const requests = JSON.parse(asked) as typeof wanted;
      const held = new Map<string, boolean>();
      for (let start = 0; start < requests.length; start += MAX_REQUESTS) {
        const part = requests.slice(start, start + MAX_REQUESTS);
        const { decisions } = await api.permissions.decide.mutate({
          requests: part.map(({ action, resource }) => ({ action, resource })),
        });
        part.forEach(({ type, action }, index) => {
          const key = `${type} ${action}`;
          held.set(key, (held.get(key) ?? true) && decisions[index]?.decision.effect === 'allow');
        });
      }
      return held;
    },
    placeholderData: keepPreviousData,
  });
  return (type, action) => data?.get(`${type} ${action}`);
};
