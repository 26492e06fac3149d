import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './table.module.css';

/** A table that scrolls sideways where it has to, by keyboard as well. `stale` while newer rows are being asked for. */
export const DataTable = ({
  label,
  head,
  stale = false,
  children,
}: {
  readonly label: string;
  readonly head: ReactNode;
  readonly stale?: boolean;
  readonly children: ReactNode;
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
  <section className={classes['scroll']} aria-label={label} tabIndex={0}>
    <Table
      aria-label={label}
      aria-busy={stale}
      className={stale ? classes['stale'] : undefined}
      verticalSpacing="sm"
      highlightOnHover
    >
      <Table.Thead>
        <Table.Tr>{head}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </section>
);

export interface Sorting<Key extends string> {
  readonly sort: Key;
  readonly direction: 'asc' | 'desc';
}

/** A column's head that sorts by it; pressed again, the other way round. */
export const SortableHead = <Key extends string>({
  column,
  label,
  title,
  sorting,
  onSort,
}: {
  readonly column: Key;
  readonly label: string;
  /** What the button does, for screen readers. */
  readonly title: string;
  readonly sorting: Sorting<Key>;
  readonly onSort: (sorting: Sorting<Key>) => void;
}) => {
  const here = sorting.sort === column;
  const ascending = sorting.direction === 'asc';
  return (
    <Table.Th aria-sort={here ? (ascending ? 'ascending' : 'descending') : 'none'} className={classes['nowrap']}>
      <button
        type="button"
        className={classes['sort']}
        title={title}
        onClick={() =>
          onSort({
            sort: column,
            direction: here && !ascending ? 'asc' : here ? 'desc' : column === 'name' ? 'asc' : 'desc',
          })
        }
      >
        {label}
        <span aria-hidden="true">{here ? (ascending ? '↑' : '↓') : '↕'}</span>
      </button>
    </Table.Th>
  );
};
