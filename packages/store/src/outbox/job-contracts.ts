import { z } from 'zod';

/** Payloads of jobs. Only grow them by optional fields: the last release's payload may still be waiting. */
export const jobContracts = {
  'cascade-member-removal': z.object({
    organizationId: z.string().min(1),
    memberId: z.string().min(1),
    /** Who removed the member, for the audit events of the cascade. */
    removedBy: z.object({ type: z.enum(['member', 'token', 'credential', 'worker', 'operator']), id: z.string() }),
    requestId: z.string().nullable(),
  }),
  'deliver-reminder': z.object({
    organizationId: z.string().min(1),
    tokenId: z.string().min(1),
    kind: z.enum(['expiry', 'rotation', 'idle', 'grace']),
    /** Epoch milliseconds. */
    anchor: z.number(),
    thresholdDays: z.number().int(),
    channel: z.enum(['console', 'mail', 'webhook']),
  }),
  /** Tells members of something in the console and by mail; nobody in particular, where only administrators are told. */
  notify: z.object({
    organizationId: z.string().min(1),
    notificationId: z.string().regex(/^[0-9a-f]{40}$/),
    kind: z.enum(['members_missing', 'late_use', 'removal_report']),
    tokenId: z.string().nullable(),
    tokenName: z.string().nullable(),
    memberIds: z.array(z.string().min(1)).max(50),
    administrators: z.boolean(),
    /** Epoch milliseconds. */
    about: z.number(),
    count: z.number().nullable(),
    address: z.string().nullable(),
    client: z.string().nullable(),
    /** The member that it is about. */
    aboutMemberId: z.string().nullable().optional(),
  }),
} as const;

export type JobName = keyof typeof jobContracts;
export type JobContract = { readonly [Name in JobName]: z.infer<(typeof jobContracts)[Name]> };
