import type { PolicyRecordView } from '@latchkey/contract';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

export const RemovePolicy = ({
  policy,
  onClose,
}: {
  readonly policy: PolicyRecordView;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.policies.remove.mutate({ policyId: policy.policyId });
      say(m.policies.removed(policy.name));
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries();
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={m.policies.removeTitle(policy.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{m.policies.removeText}</Text>
          <RefusalNotice error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>
              {m.common.cancel}
            </Button>
            <Button type="submit" color="red" loading={busy}>
              {m.policies.remove}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
