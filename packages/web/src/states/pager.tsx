import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';

/** Where one is in a list of keyset pages: the cursors of the pages before, the last one being this page's. */
export interface Pages {
  readonly cursor: string | undefined;
  readonly number: number;
  readonly next: (cursor: string) => void;
  readonly previous: () => void;
}

/** Pages of the list that `query` names; another query begins at its first page. */
export const usePages = (query: string): Pages => {
  const [state, setState] = useState<{ readonly query: string; readonly cursors: readonly string[] }>({
    query,
    cursors: [],
  });
  // A cursor is signed for exactly one query: with another one it would be refused.
  const cursors = state.query === query ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor) => setState({ query, cursors: [...cursors, cursor] }),
    previous: () => setState({ query, cursors: cursors.slice(0, -1) }),
  };
};

export const Pager = ({
  pages,
  nextCursor,
  count,
}: {
  readonly pages: Pages;
  readonly nextCursor: string | null;
  /** Rows on this page. */
  readonly count: number;
}) => {
  const { m, format } = useLanguage();
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" c="dimmed" aria-live="polite">
        {m.common.page(format.number(pages.number))} · {m.common.rows(count)}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="xs" disabled={pages.number === 1} onClick={pages.previous}>
          {m.common.previousPage}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={nextCursor === null}
          onClick={() => nextCursor !== null && pages.next(nextCursor)}
        >
          {m.common.nextPage}
        </Button>
      </Group>
    </Group>
  );
};
