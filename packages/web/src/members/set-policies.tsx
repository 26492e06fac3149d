import type { MemberView } from '@latchkey/contract';
import { Button, Checkbox, Fieldset, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { Loading } from '../states/page-state.tsx';
import classes from './members.module.css';
import { useDirectory } from './use-directory.ts';

export const SetPolicies = ({ member, onClose }: { readonly member: MemberView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const { policies, groups, error: notLoaded } = useDirectory();
  const [policyIds, setPolicyIds] = useState<readonly string[]>(member.policyIds);
  const [groupIds, setGroupIds] = useState<readonly string[]>(member.groupIds);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const given = { policyIds: [...policyIds], groupIds: [...groupIds] };
      await api.members.setPolicies.mutate({ memberId: member.memberId, ...given });
      say(m.members.changed(member.name));
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
      title={m.members.changeTitle(member.name)}
      closeButtonProps={{ 'aria-label': m.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{m.members.changeText}</Text>
          <RefusalNotice error={error ?? notLoaded} />
          {policies && groups ? (
            <>
              <Choices
                legend={m.members.policies}
                choices={policies.map(({ policyId, name, description }) => ({ id: policyId, name, description }))}
                chosen={policyIds}
                onChange={setPolicyIds}
              />
              <Choices
                legend={m.members.groups}
                choices={groups.map(({ groupId, name, description }) => ({ id: groupId, name, description }))}
                chosen={groupIds}
                onChange={setGroupIds}
                none={m.members.noGroups}
              />
            </>
          ) : (
            !notLoaded && <Loading rows={4} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={!policies || !groups}>
              {m.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

const Choices = ({
  legend,
  choices,
  chosen,
  onChange,
  none,
}: {
  readonly legend: string;
  readonly choices: readonly { readonly id: string; readonly name: string; readonly description: string | null }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly none?: string;
}) => (
  <Fieldset legend={legend}>
    {choices.length === 0 && <Text size="sm">{none}</Text>}
    <div className={classes['choices']}>
      {choices.map(({ id, name, description }) => (
        <Checkbox
          key={id}
          label={name}
          description={description ?? undefined}
          checked={chosen.includes(id)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
          }
        />
      ))}
    </div>
  </Fieldset>
);
