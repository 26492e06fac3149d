import type { Output } from '@latchkey/contract';
import { Badge, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { Said } from '../language/said.tsx';
import { isolated } from '../language/shown.ts';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { foundTokenId } from './found-token.ts';

type Located = Output<'tokens', 'locate'>;

/** Which token it is that was found somewhere, and what to do about it at once. */
export const LocateToken = ({
  onDetails,
  onClose,
}: {
  readonly onDetails: (tokenId: string) => void;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [located, setLocated] = useState<Located | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const locate = (tokenId: string) => run(async () => setLocated(await api.tokens.locate.query({ tokenId })));
  const deactivate = ({ tokenId }: Located) =>
    run(async () => {
      const { token } = await api.tokens.deactivate.mutate({ tokenId });
      say(m.tokens.deactivated(token.name));
      setLocated((before) => before && { ...before, status: token.status });
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={m.locate.title}
      size="lg"
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <Stack>
        {located === null ? (
          <FoundForm busy={busy} onFound={(tokenId) => void locate(tokenId)} />
        ) : (
          <LocatedToken
            located={located}
            busy={busy}
            onDeactivate={() => void deactivate(located)}
            onDetails={() => onDetails(located.tokenId)}
            onAnother={() => setLocated(null)}
          />
        )}
        <RefusalNotice error={error} />
      </Stack>
    </Modal>
  );
};

/** What is pasted stays in this field, hidden, and is gone with the first press of the button. */
const FoundForm = ({ busy, onFound }: { readonly busy: boolean; readonly onFound: (tokenId: string) => void }) => {
  const { m } = useLanguage();
  const [text, setText] = useState('');
  const [nothing, setNothing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const tokenId = foundTokenId(text);
    setText('');
    setNothing(tokenId === null);
    if (tokenId !== null) onFound(tokenId);
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <Text size="sm">{m.locate.text}</Text>
        <PasswordInput
          label={m.locate.field}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={nothing ? m.locate.nothing : undefined}
          autoComplete="off"
          spellCheck={false}
          visibilityToggleButtonProps={{ style: { display: 'none' } }}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={text.trim() === ''}>
            {m.locate.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

const LocatedToken = ({
  located: { tokenId, name, kind, status, owner, issuer, lastUsedAt },
  busy,
  onDeactivate,
  onDetails,
  onAnother,
}: {
  readonly located: Located;
  readonly busy: boolean;
  readonly onDeactivate: () => void;
  readonly onDetails: () => void;
  readonly onAnother: () => void;
}) => {
  const { m, format } = useLanguage();
  const who = ({ id, name: known, removed }: NonNullable<Located['owner']>) =>
    removed ? m.locate.removed(known ?? id) : isolated(known ?? id);
  return (
    <Stack role="status">
      <Group gap="xs">
        <Text fw={600}>
          <Said text={name} />
        </Text>
        <Badge variant="light" tt="none">
          {m.tokens.statuses[status]}
        </Badge>
        <Badge variant="default" tt="none">
          {m.tokens.kinds[kind]}
        </Badge>
      </Group>
      <Text size="sm">
        <code translate="no">{tokenId}</code>
        <br />
        {owner !== null && `${m.locate.owner}: ${who(owner)}. `}
        {m.tokens.issuer}: {who(issuer)}.{' '}
        {lastUsedAt === null ? m.secrets.neverUsed : m.secrets.lastUse(format.dateTime(lastUsedAt))}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onAnother}>
          {m.locate.another}
        </Button>
        <Button variant="default" onClick={onDetails}>
          {m.locate.details}
        </Button>
        {(status === 'active' || status === 'pending') && (
          <Button color="red" loading={busy} onClick={onDeactivate}>
            {m.locate.deactivate}
          </Button>
        )}
      </Group>
    </Stack>
  );
};
