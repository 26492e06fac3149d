import { z } from 'zod';

export const systemContract = {
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
