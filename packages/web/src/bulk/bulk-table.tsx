import { Table, Text } from '@mantine/core';
import { Said } from '../language/said.tsx';
import { isolated } from '../language/shown.ts';
import { useLanguage } from '../language/use-language.tsx';
import { DataTable } from '../states/data-table.tsx';
import classes from '../tokens/tokens.module.css';
import type { BulkItem } from './bulk-run.ts';

/** Of many; the file has them all. */
const SHOWN = 200;

export const BulkTable = ({
  items,
  ownerNames,
}: {
  readonly items: readonly BulkItem[];
  readonly ownerNames: ReadonlyMap<string, string>;
}) => {
  const { m, format } = useLanguage();
  const exceeding = items.some(({ exceeds }) => exceeds !== null);
  const time = (instant: string | null, none: string) =>
    instant === null ? (
      none
    ) : (
      <time dateTime={instant} title={format.utc(instant)}>
        {format.dateTime(instant)}
      </time>
    );
  return (
    <>
      <DataTable
        label={m.bulk.table}
        head={
          <>
            <Table.Th>{m.tokens.name}</Table.Th>
            <Table.Th>{m.tokens.kind}</Table.Th>
            <Table.Th>{m.bulk.owner}</Table.Th>
            <Table.Th>{m.tokens.lastUsed}</Table.Th>
            <Table.Th>{m.tokens.expires}</Table.Th>
            {exceeding && <Table.Th>{m.bulk.exceeds}</Table.Th>}
            <Table.Th>{m.bulk.outcome}</Table.Th>
          </>
        }
      >
        {items.slice(0, SHOWN).map(({ tokenId, name, kind, ownerId, lastUsedAt, expiresAt, exceeds, outcome }) => (
          <Table.Tr key={tokenId}>
            <Table.Th scope="row" className={classes['name']}>
              <Said text={name} />
            </Table.Th>
            <Table.Td>{m.tokens.kinds[kind]}</Table.Td>
            <Table.Td>{ownerId === null ? m.common.none : (ownerNames.get(ownerId) ?? isolated(ownerId))}</Table.Td>
            <Table.Td>{time(lastUsedAt, m.tokens.neverUsed)}</Table.Td>
            <Table.Td>{time(expiresAt, m.tokens.neverExpires)}</Table.Td>
            {exceeding && (
              <Table.Td translate="no">{exceeds !== null && `${exceeds.action} ${exceeds.resource}`}</Table.Td>
            )}
            <Table.Td>{m.bulk.outcomes[outcome]}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      {items.length > SHOWN && <Text size="sm">{m.policies.more(items.length - SHOWN)}</Text>}
    </>
  );
};
