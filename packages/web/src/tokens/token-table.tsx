import type { TokenView } from '@latchkey/contract';
import { Table, VisuallyHidden } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { useMay, useWho } from '../session/use-session.tsx';
import { DataTable, SortableHead, type Sorting } from '../states/data-table.tsx';
import type { TokenDialog } from './row-menu.tsx';
import type { TokenQuery, TokenSort } from './token-query.ts';
import { TokenRow } from './token-row.tsx';
import { useNow } from './use-now.ts';

export const TokenTable = ({
  tokens,
  query,
  stale,
  onSort,
  onOpen,
}: {
  readonly tokens: readonly TokenView[];
  readonly query: TokenQuery;
  readonly stale: boolean;
  readonly onSort: (sorting: Sorting<TokenSort>) => void;
  readonly onOpen: (dialog: TokenDialog, token: TokenView) => void;
}) => {
  const { m } = useLanguage();
  const now = useNow();
  const who = useWho();
  const may = useMay();
  const head = (column: TokenSort, label: string) => (
    <SortableHead column={column} label={label} title={m.tokens.sortBy(label)} sorting={query} onSort={onSort} />
  );
  return (
    <DataTable
      label={m.tokens.table}
      stale={stale}
      head={
        <>
          {head('name', m.tokens.name)}
          <Table.Th>{m.tokens.kind}</Table.Th>
          <Table.Th>{m.tokens.issuer}</Table.Th>
          <Table.Th>{m.tokens.status}</Table.Th>
          {head('createdAt', m.tokens.created)}
          {head('lastUsedAt', m.tokens.lastUsed)}
          {head('expiresAt', m.tokens.expires)}
          <Table.Th>{m.tokens.id}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{m.common.actions}</VisuallyHidden>
          </Table.Th>
        </>
      }
    >
      {tokens.map((token) => (
        <TokenRow key={token.tokenId} token={token} who={who} may={may} now={now} onOpen={onOpen} />
      ))}
    </DataTable>
  );
};
