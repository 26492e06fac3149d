import type { NotificationView, Output } from '@latchkey/contract';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Messages } from '../language/messages.ts';
import { useLanguage } from '../language/use-language.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { useNow } from '../tokens/use-now.ts';
import { mendPath } from './mend-path.ts';
import classes from './notifications.module.css';

/** The latest, each with what is about to break, the last use, and the one link that mends it. */
export const NotificationList = ({
  list,
  onRead,
  onFollow,
}: {
  readonly list: UseQueryResult<Output<'notifications', 'list'>>;
  /** All of them where no ids are given. */
  readonly onRead: (notificationIds?: string[]) => void;
  readonly onFollow: (notificationId: string) => void;
}) => {
  const { m } = useLanguage();
  const { data, error } = list;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {m.bell.label}
        </Title>
        {(data?.unreadCount ?? 0) > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => onRead()}>
            {m.bell.readAll}
          </Button>
        )}
      </Group>
      {data === undefined ? (
        error !== null ? (
          <NotShown error={error} retry={() => void list.refetch()} />
        ) : (
          <Loading rows={3} />
        )
      ) : data.items.length === 0 ? (
        <Empty title={m.bell.empty} text={m.bell.emptyText} />
      ) : (
        <ul className={classes['list']}>
          {data.items.map((each) => (
            <li key={each.notificationId} className={classes['item']} data-unread={!each.read || undefined}>
              <Notification of={each} onFollow={() => onFollow(each.notificationId)} />
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
};

const sentenceOf = (
  { bell }: Messages,
  { kind, tokenName, count, aboutMemberId }: NotificationView,
  when: string,
): string => {
  if (kind === 'members_missing') return bell.membersMissing(count ?? 0, when);
  if (kind === 'removal_report') return bell.removalReport(count ?? 0, aboutMemberId ?? '');
  return bell.kinds[kind](tokenName ?? '', when);
};

const Notification = ({ of, onFollow }: { readonly of: NotificationView; readonly onFollow: () => void }) => {
  const { m, format } = useLanguage();
  const now = useNow();
  const lastUse = of.lastUsedAt === null ? m.tokens.neverUsed : m.members.usedAt(format.dateTime(of.lastUsedAt));
  const used = [
    // What was refused is no use of the token: of that one only who it was is told.
    ...(of.kind === 'late_use' ? [] : [lastUse]),
    ...[of.lastUsedAddress, of.lastUsedClient].filter((each) => each !== null),
  ];
  return (
    <>
      <Text size="sm" fw={of.read ? 400 : 600}>
        {sentenceOf(m, of, format.dateTime(of.about))}
      </Text>
      {of.tokenId !== null && used.length > 0 && (
        <Text size="xs" c="dimmed">
          {used.join(', ')}
        </Text>
      )}
      <Group justify="space-between" gap="xs">
        <Link href={mendPath(of)} className={classes['link'] ?? ''} onClick={onFollow}>
          {m.bell.mend[of.kind]}
        </Link>
        <Text size="xs" c="dimmed">
          {!of.read && `${m.bell.unread}, `}
          <time dateTime={of.createdAt} title={format.utc(of.createdAt)}>
            {format.relative(of.createdAt, now)}
          </time>
        </Text>
      </Group>
    </>
  );
};
