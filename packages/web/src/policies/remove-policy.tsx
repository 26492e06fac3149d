import type { PolicyRecordView } from '@latchkey/contract';
import { Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';

export const RemovePolicy = ({
  policy,
  onClose,
}: {
  readonly policy: PolicyRecordView;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  return (
    <DialogForm
      danger
      title={m.policies.removeTitle(policy.name)}
      act={() => api.policies.remove.mutate({ policyId: policy.policyId })}
      said={m.policies.removed(policy.name)}
      submit={m.policies.remove}
      onClose={onClose}
    >
      <Text size="sm">{m.policies.removeText}</Text>
    </DialogForm>
  );
};
