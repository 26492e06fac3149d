import type { TokenView } from '@latchkey/contract';
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

/** Asks before it revokes: with the last use, because something may break, and with rotation, which often is enough. */
export const RemoveToken = ({
  token,
  mayRotate,
  onRotate,
  onClose,
}: {
  readonly token: TokenView;
  readonly mayRotate: boolean;
  readonly onRotate: () => void;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.tokens.revoke.mutate({ tokenId: token.tokenId, ...(reason === '' ? {} : { reason }) });
      say(m.tokens.removed(token.name));
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={m.remove.title(token.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{m.remove.text}</Text>
          <Text size="sm" fw={600}>
            {token.lastUsedAt === null ? m.remove.neverUsed : m.remove.lastUsed(format.dateTime(token.lastUsedAt))}
          </Text>
          {mayRotate && (
            <Alert>
              <Text size="sm" mb="xs">
                {m.remove.instead}
              </Text>
              <Button size="xs" variant="default" onClick={onRotate}>
                {m.remove.rotateInstead}
              </Button>
            </Alert>
          )}
          <RefusalNotice error={error} />
          <TextInput
            label={`${m.remove.reason} (${m.common.optional})`}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>
              {m.common.cancel}
            </Button>
            <Button type="submit" color="red" loading={busy}>
              {m.remove.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
