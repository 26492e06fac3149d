import { Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { type ExpiryDraft, expiryInstant } from './expiry.ts';
import { useNow } from './use-now.ts';

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** When the token ends: a preset, or a date with its zone; always shown as the instant that it means, here and in UTC. */
export const ExpiryField = ({
  value,
  onChange,
}: {
  readonly value: ExpiryDraft;
  readonly onChange: (expiry: ExpiryDraft) => void;
}) => {
  const { m, format } = useLanguage();
  const instant = expiryInstant(value, useNow());
  const days = (count: number) => ({ value: String(count), label: m.add.expiryDays(count) });
  const isInvalid = instant === 'invalid';
  return (
    <Stack gap="xs">
      <NativeSelect
        label={m.add.expiry}
        value={value.preset}
        onChange={(event) => onChange({ ...value, preset: event.currentTarget.value as ExpiryDraft['preset'] })}
        data={[
          days(7),
          days(30),
          days(90),
          { value: '365', label: m.add.expiryYear },
          { value: 'custom', label: m.add.expiryCustom },
          { value: 'never', label: m.add.expiryNever },
        ]}
      />
      {value.preset === 'custom' && (
        <Group grow align="flex-start">
          <TextInput
            type="datetime-local"
            label={m.add.expiryDate}
            value={value.local}
            onChange={(event) => onChange({ ...value, local: event.currentTarget.value })}
            error={isInvalid && value.local !== '' ? m.add.expiryInvalid : undefined}
            required
          />
          <NativeSelect
            label={m.add.expiryZone}
            value={value.zone}
            onChange={(event) => onChange({ ...value, zone: event.currentTarget.value === 'utc' ? 'utc' : 'own' })}
            data={[
              { value: 'own', label: ownZone() },
              { value: 'utc', label: 'UTC' },
            ]}
          />
        </Group>
      )}
      <Text size="xs" c="dimmed" aria-live="polite">
        {instant === null
          ? m.add.expiryEver
          : isInvalid
            ? m.add.expiryInvalid
            : m.add.expiryEndsAt(format.dateTime(instant), format.utc(instant))}
      </Text>
    </Stack>
  );
};
