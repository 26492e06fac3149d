import type { TouchedTokenView } from '@latchkey/contract';
import { Badge, List, Text } from '@mantine/core';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';

/** Personal tokens that a change touches, those that break first, each with something that it can then no longer do. */
export const TouchedTokens = ({
  title,
  items,
  total,
}: {
  readonly title: string;
  readonly items: readonly TouchedTokenView[];
  readonly total: number;
}) => {
  const { m } = useLanguage();
  if (total === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" withPadding>
        {items.map((token) => (
          <List.Item key={token.tokenId} style={{ overflowWrap: 'anywhere' }}>
            <Touched token={token} />
          </List.Item>
        ))}
        {total > items.length && <List.Item>{m.policies.more(total - items.length)}</List.Item>}
      </List>
    </div>
  );
};

const Touched = ({ token }: { readonly token: TouchedTokenView }) => {
  const { m } = useLanguage();
  const { name, ownerId, ownerName, effect, witness } = token;
  return (
    <>
      <Said text={name} /> ({m.policies.ownedBy(ownerName ?? ownerId)}){' '}
      {effect !== 'keeps' && (
        <Badge variant="light" color={effect === 'loses' ? 'red' : 'gray'} tt="none">
          {effect === 'loses' ? m.change.breaks : m.change.unsettled}
        </Badge>
      )}
      {witness !== null && (
        <Text size="sm" component="span" display="block">
          {m.change.noLonger(witness.action, witness.resource)}
        </Text>
      )}
    </>
  );
};
