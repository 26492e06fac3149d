import type { SuggestionView } from '@latchkey/contract';
import { Alert, List, Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';

/** What the counted decisions would have been, before anything is changed; what would break is listed. */
export const ReplayNote = ({ of }: { readonly of: SuggestionView }) => {
  const { m, format } = useLanguage();
  const { replay, since, deniedCount } = of;
  const { refusedCount, decisionCount, uncertainCount, refusedAlreadyCount, refused, exact } = replay;
  const breaks = refusedCount + uncertainCount > 0;
  // A day in UTC, whose name is the same everywhere.
  const day = (since ?? '').slice(0, 10);
  return (
    <Alert color={breaks ? 'orange' : 'teal'} title={m.rightSize.replay(refusedCount, decisionCount)} role="note">
      <Text size="sm">{m.rightSize.since(day)}</Text>
      {refused.length > 0 && (
        <List size="sm" withPadding>
          {refused.map(({ action, resource, decisionCount: count }) => (
            <List.Item key={`${action} ${resource}`} style={{ overflowWrap: 'anywhere' }}>
              <span translate="no">{m.change.request(action, resource)}</span>: {format.number(count)}
            </List.Item>
          ))}
        </List>
      )}
      {uncertainCount > 0 && <Text size="sm">{m.rightSize.uncertain(uncertainCount)}</Text>}
      {!exact && <Text size="sm">{m.rightSize.inexact}</Text>}
      {deniedCount > 0 && <Text size="sm">{m.rightSize.denied(deniedCount)}</Text>}
      {refusedAlreadyCount > 0 && <Text size="sm">{m.rightSize.already(refusedAlreadyCount)}</Text>}
    </Alert>
  );
};
