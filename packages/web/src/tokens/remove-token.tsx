import type { TokenView } from '@latchkey/contract';
import { Alert, Button, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';

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
  const [reason, setReason] = useState('');
  const { tokenId, name, lastUsedAt } = token;
  return (
    <DialogForm
      danger
      title={m.remove.title(name)}
      act={() => api.tokens.revoke.mutate({ tokenId, ...(reason === '' ? {} : { reason }) })}
      said={m.tokens.removed(name)}
      submit={m.remove.submit}
      touches={['tokens']}
      onClose={onClose}
    >
      <Text size="sm">{m.remove.text}</Text>
      <Text size="sm" fw={600}>
        {lastUsedAt === null ? m.remove.neverUsed : m.remove.lastUsed(format.dateTime(lastUsedAt))}
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
      <TextInput
        label={`${m.remove.reason} (${m.common.optional})`}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
      />
    </DialogForm>
  );
};
