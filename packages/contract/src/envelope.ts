import { z } from 'zod';

/** The body that the middleware and the REST endpoints write for every refusal (TOKENS: what a caller gets). */
export const envelopeSchema = z.object({
  success: z.literal(false),
  errors: z.array(z.enum(['Unauthorized', 'Forbidden', 'TooManyRequests', 'ServiceUnavailable', 'BadRequest'])),
  data: z.null(),
});
export type Envelope = z.infer<typeof envelopeSchema>;
export type EnvelopeError = Envelope['errors'][number];
