import type { Input } from '@latchkey/contract';
import { Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { Differences } from '../permissions/differences.tsx';
import { TouchedTokens } from '../permissions/touched-tokens.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

type Proposed = Input<'members', 'previewPolicies'>;

/** What other policies and groups would do to a member and its tokens, or why they would be refused. Nothing is saved. */
export const PoliciesEffect = ({ proposed }: { readonly proposed: Proposed }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [rested] = useDebouncedValue(JSON.stringify(proposed), 300);
  const { data, error } = useQuery({
    queryKey: ['member-policies-effect', rested],
    queryFn: () => api.members.previewPolicies.mutate(JSON.parse(rested) as Proposed),
    placeholderData: keepPreviousData,
  });
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm" aria-live="polite">
        <Title order={3} size="h5">
          {m.change.title}
        </Title>
        {error ? <RefusalNotice error={error} /> : null}
        {data === undefined && !error && <Text size="sm">{m.change.pending}</Text>}
        {data !== undefined && !error && (
          <>
            <Differences of={data.differences} />
            <TouchedTokens title={m.change.tokens(data.tokens.total)} {...data.tokens} />
          </>
        )}
      </Stack>
    </Paper>
  );
};
