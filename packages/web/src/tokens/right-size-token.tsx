import type { Generality, SuggestionView, TokenView } from '@latchkey/contract';
import { Button, Checkbox, Code, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { Differences } from '../permissions/differences.tsx';
import classes from '../permissions/permissions.module.css';
import { ReplayNote } from '../permissions/replay-note.tsx';
import { UsedActions } from '../permissions/used-actions.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { Loading } from '../states/page-state.tsx';
import { useRightSize } from './use-right-size.ts';

const DAYS = [7, 30, 90];
const GENERALITIES = ['exact', 'last_key', 'every_key'] as const satisfies readonly Generality[];

/** What a token has used of what it may do, and the permissions that would have been enough; applied where one agrees. */
export const RightSizeToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [days, setDays] = useState(30);
  const [generality, setGenerality] = useState<Generality>('exact');
  const [name, setName] = useState('');
  const [accepted, setAccepted] = useState(false);
  const { apply, busy, error } = useRightSize(token, onClose);
  const input = { tokenId: token.tokenId, days, generality };
  const {
    data,
    error: failed,
    isPlaceholderData,
  } = useQuery({
    queryKey: ['tokens', 'suggestion', input],
    queryFn: ({ signal }) => api.permissions.suggest.query(input, { signal }),
    placeholderData: keepPreviousData,
  });
  const isApplicable = data !== undefined && data.since !== null && data.narrower && data.statements.length > 0;
  const breaks = data !== undefined && data.replay.refusedCount + data.replay.uncertainCount > 0;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isApplicable) void apply(data, name);
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={m.rightSize.title(token.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={onSubmit}>
        <Stack>
          <Text size="sm">{m.rightSize.text}</Text>
          <Group grow align="start">
            <NativeSelect
              label={m.rightSize.days}
              value={days}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
              data={DAYS.map((value) => ({ value: String(value), label: m.rightSize.lastDays(value) }))}
              data-autofocus
            />
            <NativeSelect
              label={m.rightSize.generality}
              value={generality}
              onChange={(event) => setGenerality(event.currentTarget.value as Generality)}
              data={GENERALITIES.map((value) => ({ value, label: m.rightSize.generalities[value] }))}
            />
          </Group>
          <Stack aria-live="polite" aria-busy={isPlaceholderData}>
            {data === undefined && failed === null && <Loading rows={3} />}
            {data !== undefined && <Suggested of={data} />}
          </Stack>
          {isApplicable && breaks && (
            <Checkbox
              label={m.rightSize.accept}
              checked={accepted}
              onChange={(event) => setAccepted(event.currentTarget.checked)}
            />
          )}
          {isApplicable && token.kind === 'service' && (
            <TextInput
              label={m.add.name}
              description={m.rightSize.frozen}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
            />
          )}
          <RefusalNotice error={error ?? failed} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {m.common.cancel}
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={!isApplicable || isPlaceholderData || (breaks && !accepted)}
              {...(breaks ? { color: 'orange' } : {})}
            >
              {token.kind === 'personal' ? m.rightSize.apply : m.rightSize.applyByClone}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

const Suggested = ({ of }: { readonly of: SuggestionView }) => {
  const { m } = useLanguage();
  if (of.since === null) return <Text size="sm">{m.rightSize.nothing(of.days)}</Text>;
  return (
    <>
      <UsedActions actions={of.actions} />
      <ReplayNote of={of} />
      {!of.narrower && <Text size="sm">{m.rightSize.fits}</Text>}
      {of.narrower && of.differences !== null && <Differences of={of.differences} />}
      <details>
        <summary>
          <Text span size="sm">
            {m.add.statements}
          </Text>
        </summary>
        <Code block className={classes['json']} tabIndex={0}>
          {JSON.stringify(of.statements, null, 2)}
        </Code>
      </details>
    </>
  );
};
