import type { PolicyRecordView } from '@latchkey/contract';
import { ActionIcon, Badge, Button, Group, Menu, Table, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { MoreIcon } from '../frame/icons.tsx';
import { useNotices } from '../frame/notices.tsx';
import { Said } from '../language/said.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { refusalOf } from '../refusals/refusal.ts';
import { refusalText } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { DataTable } from '../states/data-table.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { Pager, usePages } from '../states/pager.tsx';
import classes from './policies.module.css';
import { PolicyEditor } from './policy-editor.tsx';
import { RemovePolicy } from './remove-policy.tsx';

type PolicyDialog = { readonly type: 'add' } | { readonly type: 'edit' | 'remove'; readonly policy: PolicyRecordView };

export const PoliciesPage = () => {
  const api = useApi();
  const { m, format } = useLanguage();
  const [dialog, setDialog] = useState<PolicyDialog | null>(null);
  const pages = usePages('');
  const input = { limit: 50, ...(pages.cursor === undefined ? {} : { cursor: pages.cursor }) };
  const list = useQuery({
    queryKey: ['policies', input],
    queryFn: ({ signal }) => api.policies.list.query(input, { signal }),
    placeholderData: keepPreviousData,
  });
  const close = () => {
    const opener = dialog?.type === 'add' ? '[data-add-policy]' : `[data-menu-of="${CSS.escape(idOf(dialog))}"]`;
    setDialog(null);
    document.querySelector<HTMLElement>(opener)?.focus();
  };
  const add = (
    <Button data-add-policy onClick={() => setDialog({ type: 'add' })}>
      {m.policies.add}
    </Button>
  );
  const policies = list.data?.items ?? [];
  const notShown = list.error !== null && list.data === undefined;
  return (
    <>
      <PageTitle title={m.policies.title} intro={m.policies.intro} action={notShown ? undefined : add} />
      {list.isPending ? (
        <Loading />
      ) : notShown ? (
        <NotShown error={list.error} retry={() => void list.refetch()} />
      ) : policies.length === 0 && pages.number === 1 ? (
        <Empty title={m.policies.empty} />
      ) : (
        <>
          <DataTable
            label={m.policies.table}
            stale={list.isPlaceholderData}
            head={
              <>
                <Table.Th>{m.policies.name}</Table.Th>
                <Table.Th>{m.policies.description}</Table.Th>
                <Table.Th>{m.policies.statements}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{m.common.actions}</VisuallyHidden>
                </Table.Th>
              </>
            }
          >
            {policies.map((policy) => (
              <Table.Tr key={policy.policyId}>
                <Table.Th scope="row" className={classes['name']}>
                  <Group gap="xs">
                    <Said text={policy.name} />
                    {policy.builtIn && (
                      <Badge variant="default" tt="none">
                        {m.policies.builtIn}
                      </Badge>
                    )}
                  </Group>
                </Table.Th>
                <Table.Td>{policy.description !== null && <Said text={policy.description} />}</Table.Td>
                <Table.Td>{format.number(policy.statements.length)}</Table.Td>
                <Table.Td>
                  <PolicyMenu policy={policy} onOpen={setDialog} />
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
          <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} count={policies.length} />
        </>
      )}
      {dialog?.type === 'add' && <PolicyEditor policy={null} onClose={close} />}
      {dialog?.type === 'edit' && <PolicyEditor policy={dialog.policy} onClose={close} />}
      {dialog?.type === 'remove' && <RemovePolicy policy={dialog.policy} onClose={close} />}
    </>
  );
};

const idOf = (dialog: PolicyDialog | null): string =>
  dialog === null || dialog.type === 'add' ? '' : dialog.policy.policyId;

const PolicyMenu = ({
  policy,
  onOpen,
}: {
  readonly policy: PolicyRecordView;
  readonly onOpen: (dialog: PolicyDialog) => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const label = m.policies.menu(policy.name);
  const clone = async () => {
    const name = m.policies.cloneName(policy.name);
    try {
      const cloned = await api.policies.clone.mutate({ policyId: policy.policyId, name });
      await queries.invalidateQueries();
      onOpen({ type: 'edit', policy: cloned });
    } catch (error) {
      say(refusalText(m, refusalOf(error)));
    }
  };
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} data-menu-of={policy.policyId}>
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>
        <Menu.Item onClick={() => onOpen({ type: 'edit', policy })}>
          {policy.builtIn ? m.policies.view : m.policies.edit}
        </Menu.Item>
        <Menu.Item onClick={() => void clone()}>{m.policies.clone}</Menu.Item>
        {!policy.builtIn && (
          <Menu.Item c="var(--mantine-color-error)" onClick={() => onOpen({ type: 'remove', policy })}>
            {m.policies.remove}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
};
