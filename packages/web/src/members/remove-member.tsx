import type { MemberView } from '@latchkey/contract';
import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';
import { RemovalPreview } from './removal-preview.tsx';

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
      <RemovalPreview memberId={memberId} />
      <TextInput
        label={`${m.remove.reason} (${m.common.optional})`}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
      />
    </DialogForm>
  );
};
