import { z } from 'zod';

/**
 * What stopping calls are asked with. `true`: they return once no verification that starts later accepts anywhere what they
 * stopped (DEAD-ON-RETURN): within milliseconds while every verifier is well, within about two seconds otherwise. `false`:
 * they return with a receipt as soon as it is stored, and the promise begins where `system.awaitSettled` returns.
 */
export const waitInput = { wait: z.boolean().default(true) };

/** How long settling took after the commit, in milliseconds; 0 where there was nothing to settle. */
const settledMsSchema = z.number().int().nonnegative();

export const settledSchema = z.object({ settled: z.literal(true), settledMs: settledMsSchema });

/** Opaque, and good in the organization that it was given in. */
export const receiptSchema = z.string().min(1).max(512);

export const settlementSchema = z.discriminatedUnion('settled', [
  settledSchema,
  z.object({ settled: z.literal(false), receipt: receiptSchema }),
]);
export type SettlementView = z.infer<typeof settlementSchema>;

/** The answer of a stopping call that says something else, too. */
export const settlementOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion('settled', [
    z.object({ ...shape, settled: z.literal(true), settledMs: settledMsSchema }),
    z.object({ ...shape, settled: z.literal(false), receipt: receiptSchema }),
  ]);
