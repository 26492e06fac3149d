import { Button, Paper, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { refusalOf, requestIn } from '../refusals/refusal.ts';
import { refusalText } from '../refusals/refusal-notice.tsx';

/** Something is being loaded: shapes for the eye, a word for screen readers. */
export const Loading = ({ rows = 6 }: { readonly rows?: number }) => {
  const { m } = useLanguage();
  return (
    <Stack gap="xs" role="status" aria-busy="true">
      <VisuallyHidden>{m.common.loading}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={36} radius="md" />
      ))}
    </Stack>
  );
};

export const Empty = ({
  title,
  text,
  action,
}: {
  readonly title: string;
  readonly text?: string;
  readonly action?: ReactNode;
}) => (
  <Paper withBorder radius="md" p="xl">
    <Stack align="center" gap="xs">
      <Title order={2} size="h4">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" size="sm" ta="center" maw={480}>
          {text}
        </Text>
      )}
      {action}
    </Stack>
  </Paper>
);

/** Why a page shows nothing: no access, which asking again won't change, or something that passes. */
export const NotShown = ({ error, retry }: { readonly error: unknown; readonly retry: () => void }) => {
  const { m } = useLanguage();
  const refusal = refusalOf(error);
  const denied = refusal.type === 'refused' && refusal.httpStatus === 403;
  const missing = refusal.type === 'refused' ? requestIn(refusal.details) : null;
  return (
    <Paper withBorder radius="md" p="xl" role="alert">
      <Stack align="center" gap="xs">
        <Title order={2} size="h4">
          {denied ? m.states.noAccess : m.states.failed}
        </Title>
        <Text size="sm" ta="center">
          {denied ? m.states.noAccessText : `${refusalText(m, refusal)} ${m.states.failedText}`}
        </Text>
        {denied && missing && (
          <Text size="sm" c="dimmed">
            {m.states.missing(missing.action, missing.resource)}
          </Text>
        )}
        {!denied && (
          <Button variant="default" onClick={retry}>
            {m.common.tryAgain}
          </Button>
        )}
      </Stack>
    </Paper>
  );
};
