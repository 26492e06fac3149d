import type { TokenView } from '@latchkey/contract';
import { Badge, Table, Text } from '@mantine/core';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import type { May, Who } from '../session/use-session.tsx';
import { RowMenu, type TokenDialog } from './row-menu.tsx';
import { secretLife } from './secret-life.ts';
import classes from './tokens.module.css';
import { verbsFor } from './verbs.ts';

const COLORS = { pending: 'yellow', active: 'teal', inactive: 'gray', expired: 'orange', revoked: 'red' } as const;

export const TokenRow = ({
  token,
  who,
  may,
  now,
  onOpen,
}: {
  readonly token: TokenView;
  readonly who: Who;
  readonly may: May | undefined;
  readonly now: number;
  readonly onOpen: (dialog: TokenDialog, token: TokenView) => void;
}) => {
  const { m, format } = useLanguage();
  const verbs = verbsFor(token, who, may);
  const life = secretLife(token, now);
  return (
    <Table.Tr>
      <Table.Th scope="row" className={classes['name']}>
        <Said text={token.name} />
        {token.description !== null && token.description !== '' && (
          <Text size="xs" c="dimmed" fw={400} lineClamp={2}>
            <Said text={token.description} />
          </Text>
        )}
      </Table.Th>
      <Table.Td className={classes['word']}>{m.tokens.kinds[token.kind]}</Table.Td>
      <Table.Td>
        <Issuer token={token} me={who.member.id} />
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={COLORS[token.status]} tt="none">
          {m.tokens.statuses[token.status]}
        </Badge>
        {token.deactivatedBecause === 'owner_removed' && <Note text={m.tokens.ownerRemoved} />}
        {life.state !== 'single' && (
          <Note text={m.tokens.olderSecretUntil(format.dateTime(life.older.acceptedUntil ?? ''))} />
        )}
        {life.state === 'still-used' && life.soon && (
          <Text size="xs" c="var(--mantine-color-error)">
            {m.secrets.stillUsed}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Time instant={token.createdAt} now={now} />
      </Table.Td>
      <Table.Td>
        {token.lastUsedAt === null ? m.tokens.neverUsed : <Time instant={token.lastUsedAt} now={now} />}
      </Table.Td>
      <Table.Td>
        {token.expiresAt === null ? m.tokens.neverExpires : <Time instant={token.expiresAt} now={now} />}
      </Table.Td>
      <Table.Td>
        <code className={classes['id']} translate="no">
          {token.tokenId}
        </code>
        <Text size="xs" c="dimmed" translate="no">
          {m.tokens.hint(token.hint)}
        </Text>
      </Table.Td>
      <Table.Td>{token.status !== 'revoked' && <RowMenu token={token} verbs={verbs} onOpen={onOpen} />}</Table.Td>
    </Table.Tr>
  );
};

const Note = ({ text }: { readonly text: string }) => (
  <Text size="xs" c="dimmed" mt={2}>
    {text}
  </Text>
);

/** How long ago or ahead, with the exact instant, here and in UTC, for whoever points at it. */
const Time = ({ instant, now }: { readonly instant: string; readonly now: number }) => {
  const { format } = useLanguage();
  return (
    <time dateTime={instant} title={`${format.dateTime(instant)} (${format.utc(instant)})`}>
      {format.relative(instant, now)}
    </time>
  );
};

const Issuer = ({ token: { issuer }, me }: { readonly token: TokenView; readonly me: string }) => {
  const { m } = useLanguage();
  const name = issuer.name ?? m.tokens.issuerUnknown(issuer.id);
  const mine = issuer.type === 'member' && issuer.id === me;
  return (
    <>
      {issuer.type === 'token' ? m.tokens.byToken(name) : <Said text={name} />}
      {mine && ` (${m.tokens.me})`}
      {issuer.removed && <Note text={m.tokens.issuerRemoved} />}
    </>
  );
};
