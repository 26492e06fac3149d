import type { Output } from '@latchkey/contract';
import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';

type Touched = Output<'members', 'previewRemoval'>['ending'];

const LISTED = 20;

/** What is about to stop and what goes on, most recently used first, because that is what will be missed. */
export const RemovalPreview = ({ memberId }: { readonly memberId: string }) => {
  const api = useApi();
  const { m } = useLanguage();
  const { data } = useQuery({
    queryKey: ['tokens', 'removal', memberId],
    queryFn: () => api.members.previewRemoval.query({ memberId }),
  });
  if (data === undefined) return null;
  const { ending, goingOn } = data;
  return (
    <div>
      {ending.total === 0 ? (
        <Text size="sm">{m.members.removeNoTokens}</Text>
      ) : (
        <Tokens title={m.members.removeTokens(ending.total, false)} of={ending} />
      )}
      {ending.total > 0 && <Text size="sm">{m.members.handOverFirst}</Text>}
      {goingOn.total > 0 && <Tokens title={m.members.goingOn(goingOn.total)} of={goingOn} />}
    </div>
  );
};

const Tokens = ({ title, of: { items, total } }: { readonly title: string; readonly of: Touched }) => {
  const { m, format } = useLanguage();
  const shown = items.slice(0, LISTED);
  const lastUse = ({ lastUsedAt, lastUsedAddress, lastUsedClient }: Touched['items'][number]) =>
    [
      lastUsedAt === null ? m.tokens.neverUsed : m.members.usedAt(format.dateTime(lastUsedAt)),
      ...[lastUsedAddress, lastUsedClient].filter((each) => each !== null),
    ].join(', ');
  return (
    <>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" withPadding>
        {shown.map((token) => (
          <List.Item key={token.tokenId}>
            <Said text={token.name} />, {lastUse(token)}
          </List.Item>
        ))}
      </List>
      {total > shown.length && <Text size="sm">{m.policies.more(total - shown.length)}</Text>}
    </>
  );
};
