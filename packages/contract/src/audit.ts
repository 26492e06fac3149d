import { z } from 'zod';
import {
  anchorSchema,
  auditExportFormats,
  chainPointSchema,
  chainProblemSchema,
  droppedByRetentionSchema,
} from './audit-chain.ts';
import { pageInput, pageOf } from './page.ts';
import { idSchema, instantSchema, instantViewSchema } from './text.ts';

export const auditEventViewSchema = z.object({
  eventId: z.string(),
  at: instantViewSchema,
  actor: z.object({ type: z.enum(['member', 'token', 'credential', 'worker', 'operator']), id: z.string() }),
  action: z.string(),
  target: z.object({ type: z.string(), id: z.string() }),
  reason: z.string().nullable(),
  address: z.string().nullable(),
  client: z.string().nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEventView = z.infer<typeof auditEventViewSchema>;

export const auditContract = {
  list: {
    type: 'query',
    input: z
      .strictObject({
        action: z.string().max(64).optional(),
        actorId: idSchema.optional(),
        targetId: idSchema.optional(),
        from: instantSchema.optional(),
        to: instantSchema.optional(),
        ...pageInput,
      })
      .prefault({}),
    output: pageOf(auditEventViewSchema).extend({
      /** Older events that are not there any more. */
      dropped: droppedByRetentionSchema.nullable(),
    }),
  },
  /**
   * Sealed events in the order of their numbers, as text: page after page makes one file. JSON Lines hold all that a check
   * needs who has no access to this installation.
   */
  export: {
    type: 'query',
    input: z.strictObject({
      format: z.enum(auditExportFormats),
      /** By the time of sealing, seconds after the event: from this instant on, and before that one. */
      from: instantSchema.optional(),
      to: instantSchema.optional(),
      cursor: z.string().max(1_024).optional(),
      limit: z.number().int().min(1).max(1_000).default(500),
    }),
    output: z.object({
      contentType: z.string(),
      text: z.string(),
      count: z.number().int(),
      dropped: droppedByRetentionSchema.nullable(),
      nextCursor: z.string().nullable(),
    }),
  },
  /**
   * Checks the chain, a slice with each call, until there is no cursor any more: what the last answer says of `intact` and
   * `vouched` holds for all of it.
   */
  verifyChain: {
    type: 'query',
    input: z
      .strictObject({
        /** One that the caller has kept, beside those that the installation keeps. */
        anchor: anchorSchema.optional(),
        cursor: z.string().max(1_024).optional(),
      })
      .prefault({}),
    output: z.object({
      /** Of this slice. */
      problems: z.array(chainProblemSchema),
      checkedCount: z.number().int(),
      /** Up to here nothing is wrong. */
      intact: chainPointSchema.nullable(),
      /** The newest anchor that agrees with all before it: up to here nothing can have been rewritten, dropped or added. */
      vouched: chainPointSchema.nullable(),
      /** What the chain begins behind: its stubs are checked, its events are gone. */
      dropped: droppedByRetentionSchema.nullable(),
      /** Whether seals were checked by their keys, or by links and anchors alone. */
      keys: z.enum(['checked', 'not_known_here']),
      /** Events too young to have a seal. More than some seconds old: the worker is away, or a transaction is still running. */
      waiting: z.object({ count: z.number().int(), oldestAt: instantViewSchema.nullable() }),
      nextCursor: z.string().nullable(),
    }),
  },
} as const;
