import type { MemberView } from '@latchkey/contract';
import { ActionIcon, Badge, Checkbox, Group, Menu, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { MoreIcon } from '../frame/icons.tsx';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { DataTable } from '../states/data-table.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { Pager, usePages } from '../states/pager.tsx';
import classes from './members.module.css';
import { RemovalReportDialog } from './removal-report.tsx';
import { RemoveMember } from './remove-member.tsx';
import { SetPolicies } from './set-policies.tsx';
import { useDirectory } from './use-directory.ts';

type MemberDialog = { readonly type: 'policies' | 'remove' | 'report'; readonly member: MemberView };

export const MembersPage = () => {
  const api = useApi();
  const { m } = useLanguage();
  const [search, setSearch] = useState('');
  const [includeRemoved, setIncludeRemoved] = useState(false);
  const [dialog, setDialog] = useState<MemberDialog | null>(null);
  const [, go] = useLocation();
  // What a notification links to.
  const linked = new URLSearchParams(useSearch()).get('report');
  const [rested] = useDebouncedValue(search, 250);
  const pages = usePages(`${rested} ${includeRemoved}`);
  const input = {
    ...(rested === '' ? {} : { search: rested }),
    includeRemoved,
    limit: 50,
    ...(pages.cursor === undefined ? {} : { cursor: pages.cursor }),
  };
  const list = useQuery({
    queryKey: ['members', input],
    queryFn: ({ signal }) => api.members.list.query(input, { signal }),
    placeholderData: keepPreviousData,
  });
  const members = list.data?.items ?? [];
  const close = () => {
    setDialog(null);
    document.querySelector<HTMLElement>(`[data-menu-of="${CSS.escape(dialog?.member.memberId ?? '')}"]`)?.focus();
  };
  if (list.error && !list.data) {
    return (
      <>
        <PageTitle title={m.members.title} intro={m.members.intro} />
        <NotShown error={list.error} retry={() => void list.refetch()} />
      </>
    );
  }
  return (
    <>
      <PageTitle title={m.members.title} intro={m.members.intro} />
      <search aria-label={m.common.filters}>
        <Group align="end" mb="md">
          <TextInput
            type="search"
            label={m.members.search}
            value={search}
            maxLength={128}
            onChange={(event) => setSearch(event.currentTarget.value)}
            miw={280}
          />
          <Checkbox
            label={m.members.includeRemoved}
            checked={includeRemoved}
            onChange={(event) => setIncludeRemoved(event.currentTarget.checked)}
            pb={8}
          />
        </Group>
      </search>
      {list.isPending ? (
        <Loading />
      ) : members.length === 0 && pages.number === 1 ? (
        <Empty title={rested === '' ? m.members.empty : m.states.nothingMatches} />
      ) : (
        <>
          <MemberTable members={members} stale={list.isPlaceholderData} onOpen={setDialog} />
          <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} count={members.length} />
        </>
      )}
      {dialog?.type === 'policies' && <SetPolicies member={dialog.member} onClose={close} />}
      {dialog?.type === 'report' && (
        <RemovalReportDialog memberId={dialog.member.memberId} name={dialog.member.name} onClose={close} />
      )}
      {dialog === null && linked !== null && (
        <RemovalReportDialog memberId={linked} name={linked} onClose={() => go('/members', { replace: true })} />
      )}
      {dialog?.type === 'remove' && <RemoveMember member={dialog.member} onClose={close} />}
    </>
  );
};

const MemberTable = ({
  members,
  stale,
  onOpen,
}: {
  readonly members: readonly MemberView[];
  readonly stale: boolean;
  readonly onOpen: (dialog: MemberDialog) => void;
}) => {
  const { m, format } = useLanguage();
  const { policies, groups } = useDirectory();
  const policyNames = new Map(policies?.map(({ policyId, name }) => [policyId, name]));
  const groupNames = new Map(groups?.map(({ groupId, name }) => [groupId, name]));
  return (
    <DataTable
      label={m.members.table}
      stale={stale}
      head={
        <>
          <Table.Th>{m.members.name}</Table.Th>
          <Table.Th>{m.members.policies}</Table.Th>
          <Table.Th>{m.members.groups}</Table.Th>
          <Table.Th>{m.members.status}</Table.Th>
          <Table.Th>{m.members.since}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{m.common.actions}</VisuallyHidden>
          </Table.Th>
        </>
      }
    >
      {members.map((member) => (
        <Table.Tr key={member.memberId}>
          <Table.Th scope="row" className={classes['name']}>
            <Said text={member.name} />
            <Text size="xs" c="dimmed" fw={400}>
              <Said text={member.email} />
            </Text>
          </Table.Th>
          <Table.Td>
            <Names ids={member.policyIds} names={policyNames} />
          </Table.Td>
          <Table.Td>
            <Names ids={member.groupIds} names={groupNames} />
          </Table.Td>
          <Table.Td>
            <Badge variant="light" color={member.status === 'active' ? 'teal' : 'red'} tt="none">
              {m.members.statuses[member.status]}
            </Badge>
          </Table.Td>
          <Table.Td>
            <time dateTime={member.memberSince}>{format.date(member.memberSince)}</time>
          </Table.Td>
          <Table.Td>
            <MemberMenu member={member} onOpen={onOpen} />
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
};

const Names = ({ ids, names }: { readonly ids: readonly string[]; readonly names: ReadonlyMap<string, string> }) => {
  const { m } = useLanguage();
  if (ids.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {m.common.none}
      </Text>
    );
  return (
    <Group gap={4}>
      {ids.map((id) => (
        <Badge key={id} variant="default" tt="none">
          <Said text={names.get(id) ?? id} />
        </Badge>
      ))}
    </Group>
  );
};

const MemberMenu = ({
  member,
  onOpen,
}: {
  readonly member: MemberView;
  readonly onOpen: (dialog: MemberDialog) => void;
}) => {
  const { m } = useLanguage();
  const label = m.members.menu(member.name);
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} data-menu-of={member.memberId}>
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>
        {member.status === 'removed' ? (
          <Menu.Item onClick={() => onOpen({ type: 'report', member })}>{m.removal.open}</Menu.Item>
        ) : (
          <>
            <Menu.Item onClick={() => onOpen({ type: 'policies', member })}>{m.members.change}</Menu.Item>
            <Menu.Item c="var(--mantine-color-error)" onClick={() => onOpen({ type: 'remove', member })}>
              {m.members.remove}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
};
