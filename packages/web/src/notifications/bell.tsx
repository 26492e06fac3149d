import { Button, Popover, VisuallyHidden } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BellIcon } from '../frame/icons.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { NotificationList } from './notification-list.tsx';

const LOOK_EVERY_MS = 60_000;
const SHOWN = 20;
/** The API counts no further. */
const MANY = 100;

/** What the member was told, behind a bell that says how much of it is unread. */
export const Bell = () => {
  const api = useApi();
  const { m, format } = useLanguage();
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const list = useQuery({
    queryKey: ['notifications'],
    queryFn: ({ signal }) => api.notifications.list.query({ limit: SHOWN }, { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const unread = list.data?.unreadCount ?? 0;
  const count = unread >= MANY ? `${format.number(MANY - 1)}+` : format.number(unread);

  // Whether it was noted or not, the list says it: a failure leaves it unread.
  const read = async (notificationIds?: string[]) => {
    await api.notifications.markRead.mutate(notificationIds === undefined ? {} : { notificationIds }).catch(() => null);
    await queries.invalidateQueries({ queryKey: ['notifications'] });
  };

  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={380} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          size="xs"
          variant={unread > 0 ? 'light' : 'subtle'}
          {...(unread > 0 ? {} : { color: 'gray' })}
          leftSection={<BellIcon />}
          aria-haspopup="dialog"
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <span aria-hidden="true">{unread > 0 ? count : m.bell.none}</span>
          <VisuallyHidden>{unread > 0 ? m.bell.labelUnread(count) : m.bell.label}</VisuallyHidden>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={m.bell.label}>
        <NotificationList
          list={list}
          onRead={(ids) => void read(ids)}
          onFollow={(notificationId) => {
            setOpened(false);
            void read([notificationId]);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
};
