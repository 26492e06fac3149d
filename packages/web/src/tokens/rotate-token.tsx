import type { TokenView } from '@latchkey/contract';
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { graceLabel } from './grace-label.ts';
import { useReveal } from './reveal.tsx';
import { focusMenuOf } from './row-menu.tsx';
import { SecretStates } from './secret-states.tsx';
import { TokenFacts } from './token-facts.tsx';

const HOUR_MS = 3_600_000;
const GRACES_IN_HOURS = [0, 1, 24, 72, 168] as const;
const SILENCES_IN_MINUTES = [5, 30, 60, 360, 1_440] as const;
const MINUTE_MS = 60_000;

export const RotateToken = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const { reveal } = useReveal();
  const queries = useQueryClient();
  const [hours, setHours] = useState('24');
  const [silence, setSilence] = useState('');
  const [cutOlder, setCutOlder] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const older = token.secrets.find(({ acceptedUntil }) => acceptedUntil !== null)?.acceptedUntil ?? null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const graceMs = Number(hours) * HOUR_MS;
      // Not through a mutation of the query library: its cache would keep the answer, and the secret is in it.
      const { token: rotated, tokenText } = await api.tokens.rotate.mutate({
        tokenId: token.tokenId,
        graceMs,
        cutOlder,
        // A grace period that there isn't can't end early.
        ...(silence === '' || graceMs === 0 ? {} : { cutWhenSilentMs: Number(silence) * MINUTE_MS }),
      });
      const before = rotated.secrets.find(({ acceptedUntil }) => acceptedUntil !== null);
      onClose();
      reveal({
        tokenText,
        name: rotated.name,
        because: 'rotated',
        olderUntil: before?.acceptedUntil ?? null,
        returnFocus: () => focusMenuOf(rotated.tokenId),
      });
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
      title={m.rotate.title(token.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{m.rotate.text}</Text>
          <TokenFacts token={token} />
          <SecretStates token={token} />
          <RefusalNotice error={error} />
          <NativeSelect
            label={m.rotate.grace}
            value={hours}
            onChange={(event) => {
              setHours(event.currentTarget.value);
              setSilence('');
            }}
            data={GRACES_IN_HOURS.map((count) => ({
              value: String(count),
              label: count === 0 ? m.rotate.graceNone : graceLabel(m, count * HOUR_MS),
            }))}
            data-autofocus
          />
          {hours !== '0' && (
            <NativeSelect
              label={m.secrets.earlyLabel}
              value={silence}
              onChange={(event) => setSilence(event.currentTarget.value)}
              data={[
                { value: '', label: m.secrets.earlyNo },
                ...SILENCES_IN_MINUTES.filter((count) => count < Number(hours) * 60).map((count) => ({
                  value: String(count),
                  label: graceLabel(m, count * MINUTE_MS),
                })),
              ]}
            />
          )}
          {older !== null && (
            <Alert color="orange">
              <Text size="sm" mb="xs">
                {m.rotate.inGrace(format.dateTime(older))}
              </Text>
              <Checkbox
                label={m.rotate.cutOlder}
                checked={cutOlder}
                onChange={(event) => setCutOlder(event.currentTarget.checked)}
              />
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {m.rotate.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
