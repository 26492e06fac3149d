import type { DifferencesView } from '@latchkey/contract';
import { List, Stack, Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';

/** As many as a person reads; the number above says how many there are. */
const SHOWN = 8;

/** What a change of permissions gives and takes, each by a request that shows it. */
export const Differences = ({ of }: { readonly of: DifferencesView }) => {
  const { m } = useLanguage();
  const { gained, gainedCount, lost, lostCount, complete } = of;
  return (
    <Stack gap="xs">
      {lostCount > 0 && <Witnesses title={m.change.lost(lostCount)} witnesses={lost} />}
      {gainedCount > 0 && <Witnesses title={m.change.gained(gainedCount)} witnesses={gained} />}
      {lostCount + gainedCount === 0 && complete && <Text size="sm">{m.change.nothing}</Text>}
      {!complete && <Text size="sm">{m.change.incomplete}</Text>}
    </Stack>
  );
};

const Witnesses = ({ title, witnesses }: { readonly title: string; readonly witnesses: DifferencesView['lost'] }) => {
  const { m } = useLanguage();
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" withPadding>
        {witnesses.slice(0, SHOWN).map(({ action, resource }) => (
          <List.Item key={`${action} ${resource}`} style={{ overflowWrap: 'anywhere' }}>
            <span translate="no">{m.change.request(action, resource)}</span>
          </List.Item>
        ))}
      </List>
    </div>
  );
};
