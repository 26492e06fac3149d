import { z } from 'zod';

/** At most 200 rows a page; the cursor is opaque and signed, `CURSOR_INVALID` otherwise. */
export const pageInput = {
  cursor: z.string().max(1_024).optional(),
  limit: z.number().int().min(1).max(200).default(50),
} as const;

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
