import { Checkbox, Radio, Stack, TextInput } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { ChoiceCard } from '../states/choice-card.tsx';
import { type Ability, abilities, type Kind, type PermissionDraft } from './permission-draft.ts';
import classes from './permissions.module.css';

export const AbilityChoice = ({
  draft,
  kind,
  onChange,
}: {
  readonly draft: PermissionDraft;
  readonly kind: Kind;
  readonly onChange: (draft: PermissionDraft) => void;
}) => {
  const { m } = useLanguage();
  const isFull = draft.ability === 'full_access';
  const text = (ability: Ability) =>
    ability === 'full_access' && kind === 'service' ? m.add.serviceFullAccess : m.add.abilityTexts[ability];
  return (
    <Stack gap="sm">
      <Radio.Group
        aria-label={m.add.byAbility}
        value={draft.ability}
        onChange={(ability) => onChange({ ...draft, ability: ability as Ability })}
      >
        <div className={classes['abilities']}>
          {abilities.map((ability) => (
            <ChoiceCard key={ability} value={ability} label={m.add.abilities[ability]} text={text(ability)} />
          ))}
        </div>
      </Radio.Group>
      {!isFull && (
        <TextInput
          label={`${m.add.project} (${m.common.optional})`}
          description={m.add.projectHint}
          value={draft.project}
          onChange={(event) => onChange({ ...draft, project: event.currentTarget.value })}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      {isFull && kind === 'personal' && (
        <Checkbox
          label={m.add.manageTokens}
          description={m.add.manageTokensText}
          checked={draft.manageTokens}
          onChange={(event) => onChange({ ...draft, manageTokens: event.currentTarget.checked })}
        />
      )}
    </Stack>
  );
};
