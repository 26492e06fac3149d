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
    kind: z.enum(['expiry', 'rotation', 'idle']),
    /** Epoch milliseconds. */
    anchor: z.number(),
    thresholdDays: z.number().int(),
    channel: z.enum(['mail', 'webhook']),
  }),
} as const;

export type JobName = keyof typeof jobContracts;
export type JobContract = { readonly [Name in JobName]: z.infer<(typeof jobContracts)[Name]> };
