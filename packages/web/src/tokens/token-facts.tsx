import type { TokenView } from '@latchkey/contract';
import { Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';

/** What rotating a token leaves as it is: from where it is accepted, and its expiry, here and in UTC. */
export const TokenFacts = ({ token: { addressRanges, expiresAt } }: { readonly token: TokenView }) => {
  const { m, format } = useLanguage();
  return (
    <Text size="sm" c="dimmed">
      {m.secrets.addresses}: {addressRanges.length === 0 ? m.secrets.anyAddress : addressRanges.join(', ')}
      <br />
      {m.secrets.expires}:{' '}
      {expiresAt === null
        ? m.tokens.neverExpires
        : m.secrets.expiresAt(format.dateTime(expiresAt), format.utc(expiresAt))}
    </Text>
  );
};
