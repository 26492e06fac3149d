import type { MemberView } from '@latchkey/contract';
import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

const LISTED = 20;

/** Asks before it removes, with the personal tokens that stop with the member. */
export const RemoveMember = ({ member, onClose }: { readonly member: MemberView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
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
      await api.members.remove.mutate({ memberId: member.memberId, ...(reason === '' ? {} : { reason }) });
      say(m.members.removed(member.name));
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
      title={m.members.removeTitle(member.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{m.members.removeText}</Text>
          <Tokens ownerId={member.memberId} />
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
              {m.members.removeSubmit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

/** What is about to stop, most recently used first, because that is what will be missed. */
const Tokens = ({ ownerId }: { readonly ownerId: string }) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const { data } = useQuery({
    queryKey: ['tokens', 'of', ownerId],
    queryFn: () => api.tokens.list.query({ ownerId, kind: 'personal', sort: 'lastUsedAt', limit: 200 }),
  });
  if (data === undefined) return null;
  const { items, nextCursor } = data;
  if (items.length === 0) return <Text size="sm">{m.members.removeNoTokens}</Text>;
  return (
    <div>
      <Text size="sm" fw={600}>
        {m.members.removeTokens(items.length, nextCursor !== null)}
      </Text>
      <List size="sm" withPadding>
        {items.slice(0, LISTED).map(({ tokenId, name, lastUsedAt }) => (
          <List.Item key={tokenId}>
            {name}, {lastUsedAt === null ? m.tokens.neverUsed : m.members.usedAt(format.dateTime(lastUsedAt))}
          </List.Item>
        ))}
      </List>
      {items.length > LISTED && <Text size="sm">{m.policies.more(items.length - LISTED)}</Text>}
    </div>
  );
};
