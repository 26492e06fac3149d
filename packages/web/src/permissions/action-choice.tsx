import { Accordion, Badge, Group, Stack, Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { GrantFields } from './grant-fields.tsx';
import { type Catalogue, emptyGrant, type Kind, type PermissionDraft } from './permission-draft.ts';
import { useHeld } from './use-held.ts';

/** Actions one by one, type of resource by type of resource. */
export const ActionChoice = ({
  draft,
  kind,
  catalogue,
  onChange,
}: {
  readonly draft: PermissionDraft;
  readonly kind: Kind;
  readonly catalogue: Catalogue;
  readonly onChange: (draft: PermissionDraft) => void;
}) => {
  const { m } = useLanguage();
  const held = useHeld(draft, catalogue);
  return (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">
        {m.add.grantsText}
      </Text>
      <Accordion multiple variant="separated" order={3} aria-label={m.add.grants}>
        {catalogue.resourceTypes.map((type) => {
          const grant = draft.grants[type.type] ?? emptyGrant(type);
          return (
            <Accordion.Item key={type.type} value={type.type}>
              <Accordion.Control>
                <Group justify="space-between" pr="sm">
                  <Text size="sm" fw={600}>
                    {typeLabel(m.add.types, type.type)}
                  </Text>
                  {grant.actions.length > 0 && (
                    <Badge variant="light" tt="none">
                      {m.add.chosen(grant.actions.length)}
                    </Badge>
                  )}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <GrantFields
                  type={type}
                  grant={grant}
                  kind={kind}
                  held={(action) => held(type.type, action)}
                  onChange={(changed) => onChange({ ...draft, grants: { ...draft.grants, [type.type]: changed } })}
                />
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
    </Stack>
  );
};

/** A host may have types that we know no word for: its own name is shown then. */
export const typeLabel = (types: Readonly<Record<string, string>>, type: string): string =>
  (Object.hasOwn(types, type) ? types[type] : undefined) ?? type;
