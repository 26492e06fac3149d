import { idempotencyKeySchema } from './text.ts';

/** Of every mutation that may be asked for again. */
export const repeatableInput = { idempotencyKey: idempotencyKeySchema.optional() } as const;
