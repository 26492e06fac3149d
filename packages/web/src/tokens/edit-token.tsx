import type { TokenView } from '@latchkey/contract';
import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

export const EditToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [name, setName] = useState(token.name);
  const [description, setDescription] = useState(token.description ?? '');
  // What has been saved already: after a refusal in between, the rest is repeated from there.
  const [saved, setSaved] = useState(token);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const { tokenId } = token;
    try {
      let { revision } = saved;
      if (name !== saved.name) {
        const renamed = await api.tokens.rename.mutate({ tokenId, name, revision });
        setSaved(renamed);
        revision = renamed.revision;
      }
      if (description !== (saved.description ?? '')) {
        await api.tokens.describe.mutate({ tokenId, description: description === '' ? null : description, revision });
      }
      say(m.tokens.saved(name));
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
      title={m.edit.title(token.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <RefusalNotice error={error} />
          <TextInput
            label={m.add.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            data-autofocus
          />
          <Textarea
            label={m.add.description}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            maxLength={2_000}
            autosize={false}
            rows={3}
          />
          {token.kind === 'service' && (
            <Text size="xs" c="dimmed">
              {m.edit.frozen}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {m.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
