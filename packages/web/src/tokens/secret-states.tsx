import type { TokenView } from '@latchkey/contract';
import { Alert, Stack, Text } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { graceLabel } from './grace-label.ts';
import { type SecretView, secretLife } from './secret-life.ts';
import { useNow } from './use-now.ts';

/** Both secrets of a token: when and from where each was used last, when the older one ends, and what that will break. */
export const SecretStates = ({ token }: { readonly token: TokenView }) => {
  const { m, format } = useLanguage();
  const now = useNow();
  const life = secretLife(token, now);
  return (
    <Stack gap="xs">
      {life.state === 'still-used' && (
        <Alert color={life.soon ? 'red' : 'orange'} title={m.secrets.stillUsed} role={life.soon ? 'alert' : 'note'}>
          {m.secrets.stillUsedText(format.relative(life.older.acceptedUntil ?? '', now))}
        </Alert>
      )}
      {life.state === 'silent' && <Text size="sm">{m.secrets.silent}</Text>}
      {token.secrets.map((secret) => (
        <Secret key={secret.number} secret={secret} />
      ))}
    </Stack>
  );
};

const Secret = ({ secret }: { readonly secret: SecretView }) => {
  const { m, format } = useLanguage();
  const { hint, createdAt, acceptedUntil, lastUsedAt, lastUsedAddress, lastUsedClient, cutWhenSilentMs } = secret;
  const lastUse =
    lastUsedAt === null
      ? m.secrets.neverUsed
      : m.secrets.lastUse(
          [
            format.dateTime(lastUsedAt),
            ...(lastUsedAddress === null ? [] : [m.secrets.from(lastUsedAddress)]),
            ...(lastUsedClient === null ? [] : [m.secrets.by(lastUsedClient)]),
          ].join(', '),
        );
  return (
    <section>
      <Text size="sm" fw={600}>
        {acceptedUntil === null ? m.secrets.newest(hint) : m.secrets.older(hint)}
      </Text>
      <Text size="sm">
        {m.secrets.since(format.dateTime(createdAt))} {lastUse}
      </Text>
      {acceptedUntil !== null && (
        <Text size="sm">
          {m.secrets.until(format.dateTime(acceptedUntil), format.utc(acceptedUntil))}{' '}
          {cutWhenSilentMs !== null && m.secrets.early(graceLabel(m, cutWhenSilentMs))}
        </Text>
      )}
    </section>
  );
};
