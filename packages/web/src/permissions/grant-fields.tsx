import { Button, Checkbox, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { typeLabel } from './action-choice.tsx';
import { type GrantDraft, type Kind, patternText, type ResourceType, segmentTypes } from './permission-draft.ts';
import classes from './permissions.module.css';

const LEVELS = ['read', 'write', 'metrics', 'admin'] as const;
const MAX_PATTERNS = 8;

/** Resources of one type, and actions on them. What can't be had is shown as well, with why. */
export const GrantFields = ({
  type,
  grant,
  kind,
  held,
  onChange,
}: {
  readonly type: ResourceType;
  readonly grant: GrantDraft;
  readonly kind: Kind;
  readonly held: (action: string) => boolean | undefined;
  readonly onChange: (grant: GrantDraft) => void;
}) => {
  const { m } = useLanguage();
  const refusal = (action: ResourceType['actions'][number]): string | null => {
    if (kind === 'service' && !action.grantableToService) return m.add.notForService;
    return held(action.name) === false ? m.add.notHeld : null;
  };
  const toggle = (action: string, on: boolean) =>
    onChange({
      ...grant,
      actions: on ? [...grant.actions, action] : grant.actions.filter((chosen) => chosen !== action),
    });
  const available = type.actions.filter((action) => refusal(action) === null).map(({ name }) => name);
  return (
    <Stack gap="md">
      {type.narrowable ? (
        <Patterns type={type} grant={grant} onChange={onChange} />
      ) : (
        <Text size="xs" c="dimmed">
          {m.add.notNarrowable}
        </Text>
      )}
      <Group gap="xs">
        <Button size="compact-xs" variant="default" onClick={() => onChange({ ...grant, actions: available })}>
          {m.add.chooseAll}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange({ ...grant, actions: [] })}>
          {m.add.chooseNone}
        </Button>
      </Group>
      {LEVELS.map((level) => {
        const actions = type.actions.filter(({ access }) => access === level);
        if (actions.length === 0) return null;
        return (
          <fieldset key={level} className={classes['level']}>
            <legend>{m.add.levels[level]}</legend>
            <div className={classes['actions']}>
              {actions.map((action) => {
                const refused = refusal(action);
                const chosen = grant.actions.includes(action.name);
                return (
                  <Checkbox
                    key={action.name}
                    label={action.name}
                    description={refused ?? undefined}
                    checked={chosen}
                    // What was chosen before the resources changed can be taken out again.
                    disabled={refused !== null && !chosen}
                    error={refused !== null && chosen}
                    onChange={(event) => toggle(action.name, event.currentTarget.checked)}
                  />
                );
              })}
            </div>
          </fieldset>
        );
      })}
    </Stack>
  );
};

const Patterns = ({
  type,
  grant,
  onChange,
}: {
  readonly type: ResourceType;
  readonly grant: GrantDraft;
  readonly onChange: (grant: GrantDraft) => void;
}) => {
  const { m, format } = useLanguage();
  const types = segmentTypes(type);
  const change = (patterns: readonly (readonly string[])[]) => onChange({ ...grant, patterns });
  return (
    <Stack gap="xs">
      {grant.patterns.map((keys, row) => (
        <fieldset key={row} className={classes['pattern']} aria-label={m.add.resource(format.number(row + 1))}>
          {types.map((segment, column) => (
            <TextInput
              key={segment}
              size="xs"
              label={typeLabel(m.add.types, segment)}
              value={keys[column] ?? ''}
              onChange={(event) => {
                const written = event.currentTarget.value;
                change(
                  grant.patterns.map((pattern, index) =>
                    index === row ? types.map((_, at) => (at === column ? written : (pattern[at] ?? '*'))) : pattern,
                  ),
                );
              }}
              maxLength={256}
              autoComplete="off"
              spellCheck={false}
            />
          ))}
          {grant.patterns.length > 1 && (
            <CloseButton
              aria-label={m.add.removeResource(patternText(type, keys))}
              onClick={() => change(grant.patterns.filter((_, index) => index !== row))}
            />
          )}
        </fieldset>
      ))}
      {grant.patterns.length < MAX_PATTERNS && (
        <Group>
          <Button size="compact-xs" variant="subtle" onClick={() => change([...grant.patterns, types.map(() => '*')])}>
            {m.add.addResource}
          </Button>
        </Group>
      )}
    </Stack>
  );
};
