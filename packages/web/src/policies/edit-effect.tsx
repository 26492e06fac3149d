import type { Input, Output } from '@latchkey/contract';
import { Alert, List, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { Differences } from '../permissions/differences.tsx';
import { TouchedTokens } from '../permissions/touched-tokens.tsx';
import { problemText, RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

type Effect = Output<'policies', 'previewUpdate'>;

/** What is wrong with an edit, and whom it would touch: asked of the API while one types, before anything is saved. */
export const EditEffect = ({
  policyId,
  statements,
}: {
  readonly policyId: string;
  readonly statements: Input<'policies', 'previewUpdate'>['statements'];
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const [rested] = useDebouncedValue(JSON.stringify(statements), 300);
  const { data, error } = useQuery({
    queryKey: ['policy-effect', policyId, rested],
    queryFn: () => api.policies.previewUpdate.mutate({ policyId, statements: JSON.parse(rested) as typeof statements }),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack gap="sm" aria-live="polite">
      {error ? <RefusalNotice error={error} /> : null}
      {data && data.problems.length > 0 && <Problems problems={data.problems} />}
      <Paper withBorder p="md" radius="md">
        <Title order={3} size="h5" mb="xs">
          {m.policies.effect}
        </Title>
        {data === undefined ? (
          <Text size="sm">{error ? m.states.failed : m.policies.effectPending}</Text>
        ) : (
          <Touched effect={data} />
        )}
      </Paper>
    </Stack>
  );
};

const Problems = ({ problems }: { readonly problems: Effect['problems'] }) => {
  const { m } = useLanguage();
  return (
    <Alert color="red" title={m.policies.problems(problems.length)}>
      <List size="sm">
        {problems.slice(0, 50).map(({ path, code, message }) => (
          <List.Item key={`${path} ${code}`}>
            <code translate="no">{path}</code> {problemText(m, code, message)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
};

const Touched = ({ effect: { members, tokens, differences } }: { readonly effect: Effect }) => {
  const { m } = useLanguage();
  const isAnybodys = members.total > 0 || tokens.total > 0;
  return (
    <Stack gap="xs">
      {differences !== null && <Differences of={differences} />}
      {isAnybodys ? <Whom members={members} tokens={tokens} /> : <Text size="sm">{m.policies.effectNone}</Text>}
    </Stack>
  );
};

const Whom = ({ members, tokens }: Pick<Effect, 'members' | 'tokens'>) => {
  const { m } = useLanguage();
  return (
    <>
      <Text size="sm" fw={600}>
        {m.policies.effectMembers(members.total)}
      </Text>
      <Names names={members.items.map(({ memberId, name }) => ({ id: memberId, text: name }))} total={members.total} />
      <TouchedTokens title={m.policies.effectTokens(tokens.total)} {...tokens} />
    </>
  );
};

const Names = ({
  names,
  total,
}: {
  readonly names: readonly { readonly id: string; readonly text: string }[];
  readonly total: number;
}) => {
  const { m } = useLanguage();
  if (total === 0) return null;
  return (
    <List size="sm" withPadding>
      {names.map(({ id, text }) => (
        <List.Item key={id}>{text}</List.Item>
      ))}
      {total > names.length && <List.Item>{m.policies.more(total - names.length)}</List.Item>}
    </List>
  );
};
