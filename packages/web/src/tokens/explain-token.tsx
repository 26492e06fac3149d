import type { Input, Output, TokenView } from '@latchkey/contract';
import { Badge, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

type Explained = Output<'permissions', 'explain'>;

interface Draft {
  readonly action: string;
  readonly resource: string;
  /** As `datetime-local` writes it, in the zone of this machine; empty for now. */
  readonly at: string;
  readonly address: string;
  readonly hint: string;
}

const EMPTY: Draft = { action: '', resource: '', at: '', address: '', hint: '' };
const COLORS = { allow: 'teal', deny: 'red', unknown: 'yellow' } as const;

/** Why a token is refused, or isn't: which layer decides, what nearly matched, and what to do about it. */
export const ExplainToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m, language } = useLanguage();
  const [draft, setDraft] = useState(EMPTY);
  const [explained, setExplained] = useState<Explained | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    setExplained(null);
    try {
      setExplained(await api.permissions.explain.mutate(toInput(token.tokenId, draft, language)));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const field = (key: keyof Draft, label: string, type: 'text' | 'datetime-local' = 'text') => (
    <TextInput
      type={type}
      label={label}
      value={draft[key]}
      required={key === 'action' || key === 'resource'}
      maxLength={key === 'hint' ? 4 : 512}
      spellCheck={false}
      onChange={(event) => setDraft({ ...draft, [key]: event.currentTarget.value })}
    />
  );
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={m.why.title(token.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          {field('action', m.why.action)}
          {field('resource', m.why.resource)}
          <Group grow align="flex-start">
            {field('at', `${m.why.at} (${m.common.optional})`, 'datetime-local')}
            {field('address', `${m.why.address} (${m.common.optional})`)}
            {field('hint', `${m.why.hint} (${m.common.optional})`)}
          </Group>
          <Group justify="flex-end">
            <Button type="submit" loading={busy} disabled={draft.action === '' || draft.resource === ''}>
              {m.why.submit}
            </Button>
          </Group>
          <RefusalNotice error={error} />
          {explained && <Answer of={explained} />}
        </Stack>
      </form>
    </Modal>
  );
};

const Answer = ({ of: { outcome, says, layers, advice } }: { readonly of: Explained }) => {
  const { m } = useLanguage();
  return (
    <Stack gap="xs" role="status">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Badge variant="light" tt="none" color={COLORS[outcome]} miw="max-content">
          {m.why.outcomes[outcome]}
        </Badge>
        <Text size="sm" fw={600}>
          {says}
        </Text>
      </Group>
      {layers.map(({ layer, says: summary, matched, nearMisses }) => (
        <div key={layer}>
          <Text size="sm">{summary}</Text>
          <List size="sm" withPadding>
            {[...matched, ...nearMisses].map((each) => (
              <List.Item key={`${each.policy?.id} ${each.number} ${each.says}`}>{each.says}</List.Item>
            ))}
          </List>
        </div>
      ))}
      {advice.map((each) => (
        <Text key={each} size="sm" c="dimmed">
          {each}
        </Text>
      ))}
    </Stack>
  );
};

/** What was left out isn't judged. */
const toInput = (
  tokenId: string,
  { action, resource, at, address, hint }: Draft,
  language: NonNullable<Input<'permissions', 'explain'>['language']>,
): Input<'permissions', 'explain'> => ({
  tokenId,
  request: { action, resource },
  language,
  ...(at === '' ? {} : { at: new Date(at).toISOString() }),
  ...(address.trim() === '' ? {} : { address: address.trim() }),
  ...(hint.trim() === '' ? {} : { hint: hint.trim() }),
});
