import type { MemberView } from '@latchkey/contract';
import { List, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';

const LISTED = 20;

/** Asks before it removes, with the personal tokens that stop with the member. */
export const RemoveMember = ({ member, onClose }: { readonly member: MemberView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [reason, setReason] = useState('');
  const { memberId, name } = member;
  return (
    <DialogForm
      danger
      title={m.members.removeTitle(name)}
      act={() => api.members.remove.mutate({ memberId, ...(reason === '' ? {} : { reason }) })}
      said={m.members.removed(name)}
      submit={m.members.removeSubmit}
      onClose={onClose}
    >
      <Text size="sm">{m.members.removeText}</Text>
      <Tokens ownerId={memberId} />
      <TextInput
        label={`${m.remove.reason} (${m.common.optional})`}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
      />
    </DialogForm>
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
