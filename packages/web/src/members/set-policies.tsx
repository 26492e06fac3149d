import type { MemberView } from '@latchkey/contract';
import { Checkbox, Fieldset, Text } from '@mantine/core';
import { useState } from 'react';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DialogForm } from '../states/dialog-form.tsx';
import { Loading } from '../states/page-state.tsx';
import classes from './members.module.css';
import { PoliciesEffect } from './policies-effect.tsx';
import { useDirectory } from './use-directory.ts';

export const SetPolicies = ({ member, onClose }: { readonly member: MemberView; readonly onClose: () => void }) => {
  const api = useApi();
  const { m } = useLanguage();
  const { policies, groups, error: notLoaded } = useDirectory();
  const [policyIds, setPolicyIds] = useState<readonly string[]>(member.policyIds);
  const [groupIds, setGroupIds] = useState<readonly string[]>(member.groupIds);
  const { memberId, name } = member;
  return (
    <DialogForm
      title={m.members.changeTitle(name)}
      act={() => api.members.setPolicies.mutate({ memberId, policyIds: [...policyIds], groupIds: [...groupIds] })}
      said={m.members.changed(name)}
      submit={m.common.save}
      disabled={!policies || !groups}
      failed={notLoaded}
      onClose={onClose}
    >
      <Text size="sm">{m.members.changeText}</Text>
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
          {!(sameIds(policyIds, member.policyIds) && sameIds(groupIds, member.groupIds)) && (
            <PoliciesEffect proposed={{ memberId, policyIds: [...policyIds], groupIds: [...groupIds] }} />
          )}
        </>
      ) : (
        !notLoaded && <Loading rows={4} />
      )}
    </DialogForm>
  );
};

const sameIds = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id));

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
          label={<Said text={name} />}
          description={description ? <Said text={description} /> : undefined}
          checked={chosen.includes(id)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
          }
        />
      ))}
    </div>
  </Fieldset>
);
