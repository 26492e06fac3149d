import type { TokenView } from '@latchkey/contract';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { DEFAULT_EXPIRY, expiryInstant } from './expiry.ts';
import { ExpiryField } from './expiry-field.tsx';
import { useReveal } from './reveal.tsx';
import { focusMenuOf } from './row-menu.tsx';

/** A new token made from another: a clone, or a service token that takes over from a personal one. */
export const CopyToken = ({
  token,
  as,
  onClose,
}: {
  readonly token: TokenView;
  readonly as: 'clone' | 'handOver';
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { reveal } = useReveal();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState(DEFAULT_EXPIRY);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const words = m[as];

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const instant = expiryInstant(expiry, Date.now());
    const expiresAt = instant === 'invalid' ? expiry.local : instant;
    try {
      // Not through a mutation of the query library: its cache would keep the answer, and the secret is in it.
      const { tokenText } = await api.tokens[as].mutate({ tokenId: token.tokenId, name, expiresAt });
      onClose();
      reveal({
        tokenText,
        name,
        because: 'issued',
        olderUntil: null,
        returnFocus: () => focusMenuOf(token.tokenId),
      });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    }
  };
  return (
    <Modal opened onClose={onClose} title={words.title(token.name)} closeButtonProps={{ 'aria-label': m.common.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{words.text}</Text>
          <TextInput
            label={m.add.name}
            description={m.add.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            data-autofocus
          />
          <ExpiryField value={expiry} onChange={setExpiry} />
          <RefusalNotice error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {words.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
