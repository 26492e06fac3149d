import type { TokenView } from '@latchkey/contract';
import { SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { AbilityChoice } from '../permissions/ability-choice.tsx';
import { ActionChoice } from '../permissions/action-choice.tsx';
import { emptyPermissions, type PermissionDraft, toPermissionsInput } from '../permissions/permission-draft.ts';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';

/** Other permissions for one's own personal token. They count at once; what is too much is refused, with an example. */
export const ChangePermissions = ({ token, onClose }: { readonly token: TokenView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const [draft, setDraft] = useState<PermissionDraft>(emptyPermissions);
  const catalogue = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => api.permissions.catalogue.query(),
    staleTime: 60_000,
  });
  const asked = catalogue.data === undefined ? null : toPermissionsInput(draft, 'personal', catalogue.data);
  const { tokenId, name, revision } = token;
  const act = async () => {
    if (asked !== null) await api.tokens.changePermissions.mutate({ tokenId, permissions: asked, revision });
  };
  return (
    <DialogForm
      title={m.permissionsOf.title(name)}
      act={act}
      said={m.tokens.saved(name)}
      submit={m.common.save}
      disabled={asked === null}
      failed={catalogue.error}
      touches={['tokens']}
      onClose={onClose}
    >
      <Text size="sm">{m.permissionsOf.text}</Text>
      <SegmentedControl
        aria-label={m.add.permissions}
        value={draft.by}
        onChange={(by) => setDraft({ ...draft, by: by as PermissionDraft['by'] })}
        data={[
          { value: 'ability', label: m.add.byAbility },
          { value: 'actions', label: m.add.byAction },
        ]}
      />
      {draft.by === 'ability' && <AbilityChoice draft={draft} kind="personal" onChange={setDraft} />}
      {draft.by === 'actions' && catalogue.data !== undefined && (
        <ActionChoice draft={draft} kind="personal" catalogue={catalogue.data} onChange={setDraft} />
      )}
    </DialogForm>
  );
};
