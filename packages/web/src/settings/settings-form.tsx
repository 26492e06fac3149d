import type { Output } from '@latchkey/contract';
import { Alert, Button, Checkbox, Fieldset, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import classes from './settings.module.css';
import { type SettingsDraft, toDraft, toSettings } from './settings-draft.ts';
import type { SettingsAnswer } from './settings-page.tsx';

type Meaning = Output<'settings', 'update'>;
type Texts = { [Key in keyof SettingsDraft]: SettingsDraft[Key] extends string ? Key : never }[keyof SettingsDraft];
type Ticks = Exclude<keyof SettingsDraft, Texts>;

type Numbers = Exclude<Texts, 'reminders' | 'addresses'>;

interface FieldGroup {
  readonly name: 'expiry' | 'secrets' | 'limits' | 'told';
  readonly ticks: readonly Ticks[];
  readonly numbers: readonly Numbers[];
}

/** In the order in which the page has them. */
const GROUPS: readonly FieldGroup[] = [
  {
    name: 'expiry',
    ticks: ['expiryPersonal', 'expiryService'],
    numbers: ['maxPersonal', 'maxService', 'usualPersonal', 'usualService'],
  },
  { name: 'secrets', ticks: ['deactivateOnLateUse'], numbers: ['graceHours', 'rotationAge', 'idle'] },
  { name: 'limits', ticks: [], numbers: ['ofMember', 'ofOrganization'] },
  { name: 'told', ticks: ['tellOwner', 'tellAdministrators'], numbers: ['auditKept'] },
];

/** Two steps: what a change would mean, then the change itself, if it is still the same. */
export const SettingsForm = ({
  stored,
  mayChange,
}: {
  readonly stored: SettingsAnswer;
  readonly mayChange: boolean;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => toDraft(stored.settings));
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (part: Partial<SettingsDraft>) => {
    setDraft({ ...draft, ...part });
    setMeaning(null);
  };

  const send = async (dryRun: boolean) => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.settings.update.mutate({ ...toSettings(draft), dryRun, revision: stored.revision });
      if (dryRun) return setMeaning(answer);
      say(m.settings.saved);
      await queries.invalidateQueries({ queryKey: ['settings'] });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    return send(meaning === null);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={640}>
        {!mayChange && <Text size="sm">{m.settings.readOnly}</Text>}
        {GROUPS.map(({ name, ticks, numbers }) => (
          <Fieldset key={name} legend={m.settings.groups[name]}>
            <Stack>
              {ticks.map((key) => (
                <Checkbox
                  key={key}
                  label={m.settings.fields[key]}
                  checked={draft[key]}
                  disabled={!mayChange}
                  onChange={(event) => change({ [key]: event.currentTarget.checked })}
                />
              ))}
              {name === 'told' && (
                <TextInput
                  label={m.settings.fields.reminders}
                  value={draft.reminders}
                  readOnly={!mayChange}
                  onChange={(event) => change({ reminders: event.currentTarget.value })}
                />
              )}
              <div className={classes['numbers']}>
                {numbers.map((key) => (
                  <TextInput
                    key={key}
                    label={m.settings.fields[key]}
                    placeholder={m.settings.none}
                    inputMode="decimal"
                    value={draft[key]}
                    readOnly={!mayChange}
                    onChange={(event) => change({ [key]: event.currentTarget.value })}
                  />
                ))}
              </div>
              {name === 'limits' && (
                <Textarea
                  label={m.settings.fields.addresses}
                  description={m.add.addressesHint}
                  value={draft.addresses}
                  readOnly={!mayChange}
                  onChange={(event) => change({ addresses: event.currentTarget.value })}
                  rows={3}
                  spellCheck={false}
                />
              )}
            </Stack>
          </Fieldset>
        ))}
        <RefusalNotice error={error} />
        {meaning !== null && <Consequences of={meaning} />}
        {mayChange && (
          <Group justify="flex-end">
            <Button type="submit" loading={busy} disabled={meaning?.changed.length === 0}>
              {meaning === null ? m.settings.preview : m.common.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
};

const LISTED = 20;

const Consequences = ({ of: { changed, outOfBounds, overLimit } }: { readonly of: Meaning }) => {
  const { m } = useLanguage();
  if (changed.length === 0) return <Alert role="status">{m.settings.unchanged}</Alert>;
  const { items, total } = outOfBounds;
  return (
    <Alert role="status" color={total > 0 ? 'orange' : 'teal'}>
      <Text size="sm">{total === 0 ? m.settings.allWithin : m.settings.outOfBounds(total)}</Text>
      <List size="sm" withPadding>
        {items.slice(0, LISTED).map(({ tokenId, name, because }) => (
          <List.Item key={tokenId}>
            <Said text={name} />: {because.map((reason) => m.settings.because[reason]).join(', ')}
          </List.Item>
        ))}
      </List>
      {total > LISTED && <Text size="sm">{m.policies.more(total - LISTED)}</Text>}
      {overLimit.length > 0 && <Text size="sm">{m.settings.overLimit(overLimit.length)}</Text>}
    </Alert>
  );
};
