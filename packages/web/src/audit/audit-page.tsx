import type { AuditEventView, DroppedByRetention } from '@latchkey/contract';
import { Alert, Code, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DataTable } from '../states/data-table.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { Pager, usePages } from '../states/pager.tsx';
import classes from './audit.module.css';
import { type AuditFilter, emptyFilter, toAuditInput } from './audit-filter.ts';

export const AuditPage = () => {
  const api = useApi();
  const { m } = useLanguage();
  const [filter, setFilter] = useState<AuditFilter>(emptyFilter);
  const [rested] = useDebouncedValue(filter, 300);
  const pages = usePages(JSON.stringify(rested));
  const input = {
    ...toAuditInput(rested),
    limit: 50,
    ...(pages.cursor === undefined ? {} : { cursor: pages.cursor }),
  };
  const list = useQuery({
    queryKey: ['audit', input],
    queryFn: ({ signal }) => api.audit.list.query(input, { signal }),
    placeholderData: keepPreviousData,
  });
  const events = list.data?.items ?? [];
  const field = (key: keyof AuditFilter, label: string, type: 'text' | 'datetime-local' = 'text') => (
    <TextInput
      type={type}
      label={label}
      value={filter[key]}
      onChange={(event) => setFilter({ ...filter, [key]: event.currentTarget.value })}
      maxLength={128}
      placeholder={key === 'action' ? 'token.issued' : undefined}
      spellCheck={false}
    />
  );
  return (
    <>
      <PageTitle title={m.audit.title} intro={m.audit.intro} />
      {list.data?.dropped && <Dropped {...list.data.dropped} />}
      {list.error && !list.data ? (
        <NotShown error={list.error} retry={() => void list.refetch()} />
      ) : (
        <>
          <search className={classes['filters']} aria-label={m.common.filters}>
            {field('action', m.audit.filterAction)}
            {field('actorId', m.audit.filterActor)}
            {field('targetId', m.audit.filterTarget)}
            {field('from', m.audit.from, 'datetime-local')}
            {field('to', m.audit.to, 'datetime-local')}
          </search>
          {list.isPending ? (
            <Loading />
          ) : events.length === 0 && pages.number === 1 ? (
            <Empty
              title={JSON.stringify(rested) === JSON.stringify(emptyFilter) ? m.audit.empty : m.states.nothingMatches}
            />
          ) : (
            <>
              <AuditTable events={events} stale={list.isPlaceholderData} />
              <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} count={events.length} />
            </>
          )}
        </>
      )}
    </>
  );
};

const Dropped = ({ eventCount, sealedThrough, droppedAt }: DroppedByRetention) => {
  const { m, format } = useLanguage();
  return (
    <Alert variant="light" color="gray" mb="md">
      {m.audit.dropped(eventCount, format.date(sealedThrough), format.date(droppedAt))}
    </Alert>
  );
};

const AuditTable = ({ events, stale }: { readonly events: readonly AuditEventView[]; readonly stale: boolean }) => {
  const { m, format } = useLanguage();
  return (
    <DataTable
      label={m.audit.table}
      stale={stale}
      head={
        <>
          <Table.Th>{m.audit.at}</Table.Th>
          <Table.Th>{m.audit.actor}</Table.Th>
          <Table.Th>{m.audit.action}</Table.Th>
          <Table.Th>{m.audit.target}</Table.Th>
          <Table.Th>{m.audit.reason}</Table.Th>
          <Table.Th>{m.audit.address}</Table.Th>
          <Table.Th>{m.audit.details}</Table.Th>
        </>
      }
    >
      {events.map((event) => (
        <Table.Tr key={event.eventId}>
          <Table.Td className={classes['at']}>
            <time dateTime={event.at} title={format.utc(event.at)}>
              {format.dateTime(event.at)}
            </time>
          </Table.Td>
          <Table.Td>
            <Named type={m.audit.actors[event.actor.type]} id={event.actor.id} />
          </Table.Td>
          <Table.Td translate="no">{event.action}</Table.Td>
          <Table.Td>
            <Named type={event.target.type} id={event.target.id} />
          </Table.Td>
          <Table.Td>{event.reason !== null && <Said text={event.reason} />}</Table.Td>
          <Table.Td translate="no">{event.address}</Table.Td>
          <Table.Td>
            {Object.keys(event.details).length > 0 && (
              <details>
                <summary>{m.audit.details}</summary>
                <Code block translate="no">
                  <Said text={JSON.stringify(event.details, null, 2)} />
                </Code>
              </details>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
};

const Named = ({ type, id }: { readonly type: string; readonly id: string }) => (
  <>
    <Text span size="sm" translate="no">
      <Said text={id} />
    </Text>
    <Text size="xs" c="dimmed">
      {type}
    </Text>
  </>
);
