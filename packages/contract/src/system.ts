import { z } from 'zod';
import { repeatableInput } from './repeatable.ts';
import { receiptSchema, settledSchema, settlementSchema, waitInput } from './settlement.ts';
import { instantViewSchema, reasonSchema } from './text.ts';

const emergencyReason = reasonSchema.min(1);

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
      /** The API nodes that answer from memory; stopping calls wait for each that is coherent. */
      nodes: z.array(
        z.object({
          /** Made anew with each start. */
          nodeId: z.string(),
          /** Whether it has polled within its lease. One that hasn't answers nothing from memory. */
          coherent: z.boolean(),
          /** Since its last poll. */
          polledMsAgo: z.number().int().nonnegative(),
        }),
      ),
      leaseMs: z.number().int(),
      /** How long the latest stopping call took that this node waited for; `null` since its start. */
      lastSettled: z.object({ settledMs: z.number().int(), by: z.enum(['acknowledgement', 'lease']) }).nullable(),
    }),
  },
  /** In development without an SMTP server: what would have been sent to members of the organization, the latest first. */
  capturedMail: {
    type: 'query',
    input: z.void(),
    output: z.object({
      /** Whether mail is captured here at all. */
      captures: z.boolean(),
      items: z.array(
        z.object({
          mailId: z.string(),
          at: instantViewSchema,
          to: z.string(),
          subject: z.string(),
          text: z.string(),
        }),
      ),
    }),
  },
  /**
   * Refuses every token of the organization that has been issued until now, for good: those that are needed have to be
   * issued again. Members' sessions go on.
   */
  emergency: {
    type: 'mutation',
    input: z.strictObject({ reason: emergencyReason, ...waitInput, ...repeatableInput }),
    output: settlementSchema,
  },
  /** The same for all organizations, by an operator credential; always waits. */
  emergencyOfInstallation: {
    type: 'mutation',
    input: z.strictObject({
      reason: emergencyReason,
      /**
       * The installation's own credentials, too: sibling services get no answers, and so deny, until they are given new
       * ones. The calling credential is among them.
       */
      credentials: z.boolean().default(false),
    }),
    output: settledSchema,
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
