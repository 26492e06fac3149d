import { z } from 'zod';
import { receiptSchema, settledSchema } from './settlement.ts';
import { instantViewSchema } from './text.ts';

export const systemContract = {
  /** Verifier credentials that may verify this organization's tokens: the sibling services that rely on it. */
  verifiers: {
    type: 'query',
    input: z.void(),
    output: z.object({
      items: z.array(
        z.object({
          credentialId: z.string(),
          name: z.string(),
          createdAt: instantViewSchema,
          /** Whether it was made for every organization of the installation, or for this one among those listed. */
          organizations: z.enum(['all', 'listed']),
        }),
      ),
    }),
  },
  /** Waits for what a stopping call with `wait: false` has stopped: from here on no verification that starts accepts it. */
  awaitSettled: { type: 'query', input: z.strictObject({ receipt: receiptSchema }), output: settledSchema },
  /** Who may be signed in as, in the demo; nobody outside of it. */
  demo: {
    type: 'query',
    input: z.void(),
    output: z.object({
      demo: z.boolean(),
      signInAs: z.array(
        z.object({
          organizationId: z.string(),
          organizationName: z.string(),
          memberId: z.string(),
          name: z.string(),
          email: z.string(),
          roles: z.array(z.string()),
        }),
      ),
    }),
  },
  health: {
    type: 'query',
    input: z.void(),
    output: z.object({
      status: z.enum(['ok', 'degraded']),
      version: z.string(),
      checks: z.object({ store: z.enum(['ok', 'failing']), host: z.enum(['ok', 'failing']) }),
    }),
  },
} as const;
