const LARGEST_PAGE = 200;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Every item of a list, page after page, or the first `limit` of them. */
export const allPages = async <Item>(
  read: (page: { readonly cursor?: string; readonly limit: number }) => Promise<Page<Item>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(LARGEST_PAGE, limit - items.length);
    const page: Page<Item> = await read({ limit: size, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return items.slice(0, limit);
};
