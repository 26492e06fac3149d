import { z } from 'zod';

/**
 * One segment of what `resource()` builds: a segment without `tags` has unknown ones, `tags: []` has none; so with
 * `properties`. In the text form tags are known.
 */
export const resourceSegmentSchema = z.strictObject({
  type: z.string().min(1).max(512),
  /** Absent for a segment without a slash. */
  key: z.string().min(1).max(512).optional(),
  tags: z.array(z.string().max(512)).max(64).readonly().optional(),
  properties: z.record(z.string().max(128), z.string().max(512)).optional(),
});

export const resourceSchema = z.union([
  z.string().max(2_048),
  z.strictObject({ segments: z.array(resourceSegmentSchema).min(1).max(32).readonly() }),
]);

/** What is put to `decide`. */
export const requestSchema = z.strictObject({ action: z.string().max(512), resource: resourceSchema });
export type RequestInput = z.input<typeof requestSchema>;
export type ResourceInput = z.input<typeof resourceSchema>;
