import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import type { IssuerChoice } from '../tokens/token-filters.tsx';
import classes from '../tokens/tokens.module.css';
import { type BulkDraft, readBulkDraft, readDays } from './bulk-draft.ts';

/** By what the tokens are chosen, and what is to become of them. */
export const BulkForm = ({
  draft,
  owners,
  onChange,
  onSubmit,
}: {
  readonly draft: BulkDraft;
  readonly owners: readonly IssuerChoice[];
  readonly onChange: (draft: BulkDraft) => void;
  readonly onSubmit: () => void;
}) => {
  const { m } = useLanguage();
  const { statuses, kinds } = m.tokens;
  const change = (part: Partial<BulkDraft>) => onChange({ ...draft, ...part });
  const isReady = readBulkDraft(draft) !== null;
  const days = (key: 'unusedFor' | 'expiringWithin', label: string) => (
    <TextInput
      label={label}
      inputMode="numeric"
      value={draft[key]}
      maxLength={5}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
      error={readDays(draft[key]) === 'invalid' ? m.bulk.days : undefined}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSubmit();
      }}
    >
      <Stack>
        <Radio.Group
          label={m.bulk.action}
          value={draft.action}
          onChange={(action) => change({ action: action as BulkDraft['action'] })}
        >
          <Group mt="xs">
            <Radio value="deactivate" label={m.bulk.actions.deactivate} />
            <Radio value="revoke" label={m.bulk.actions.revoke} />
          </Group>
        </Radio.Group>
        <div className={classes['kinds']}>
          <NativeSelect
            label={m.tokens.kind}
            value={draft.kind}
            onChange={(event) => change({ kind: event.currentTarget.value as BulkDraft['kind'] })}
            data={[
              { value: '', label: m.tokens.anyKind },
              { value: 'personal', label: kinds.personal },
              { value: 'service', label: kinds.service },
            ]}
          />
          <NativeSelect
            label={m.bulk.owner}
            value={draft.owner}
            onChange={(event) => change({ owner: event.currentTarget.value })}
            data={[
              { value: '', label: m.tokens.anybody },
              ...owners.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <NativeSelect
            label={m.tokens.status}
            value={draft.status}
            onChange={(event) => change({ status: event.currentTarget.value as BulkDraft['status'] })}
            data={[
              { value: '', label: m.tokens.anyStatus },
              { value: 'active', label: statuses.active },
              { value: 'inactive', label: statuses.inactive },
              { value: 'expired', label: statuses.expired },
            ]}
          />
          <TextInput
            label={m.tokens.filterName}
            value={draft.name}
            maxLength={128}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          {days('unusedFor', m.bulk.unusedFor)}
          {days('expiringWithin', m.bulk.expiringWithin)}
        </div>
        <Checkbox
          label={m.bulk.overPrivileged}
          description={m.bulk.overPrivilegedText}
          checked={draft.overPrivileged}
          onChange={(event) => change({ overPrivileged: event.currentTarget.checked })}
        />
        <TextInput
          label={`${m.bulk.reason} (${m.common.optional})`}
          value={draft.reason}
          maxLength={500}
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
        <Group>
          <Button type="submit" disabled={!isReady}>
            {m.bulk.list}
          </Button>
          {!isReady && (
            <Text size="sm" c="dimmed">
              {m.bulk.needsFilter}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
};
