import { z } from 'zod';
import { instantViewSchema } from './text.ts';

/** The audit event that reports what a member's removal has done; its details are as `removalReportSchema` says. */
export const REMOVAL_REPORT = 'member.removal_reported';

const reportedTokensSchema = z.object({
  total: z.number().int(),
  /** At most 50, those used last first. */
  items: z.array(
    z.object({
      tokenId: z.string(),
      name: z.string(),
      lastUsedAt: instantViewSchema.nullable(),
      /** The service token that took over before. */
      handedOverTo: z.string().nullable(),
    }),
  ),
});

export const removalReportSchema = z.object({
  removedBy: z.object({ type: z.string(), id: z.string() }),
  /** Personal tokens that ended with the membership. */
  ended: reportedTokensSchema,
  /** Service tokens that the member, or a token of its, had issued. */
  goingOn: reportedTokensSchema,
});
export type RemovalReport = z.infer<typeof removalReportSchema>;
