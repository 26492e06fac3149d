import { z } from 'zod';
import { outputFormats } from '../output/format.ts';

/** What a profile's file holds. */
export const profileSchema = z.strictObject({
  /** Where Latchkey is mounted. The credentials below go to this address and to no other. */
  url: z.string(),
  token: z.string().optional(),
  verifierCredential: z.string().optional(),
  output: z.enum(outputFormats).optional(),
  lang: z.enum(['en', 'zh-CN', 'ja']).optional(),
});

export type Profile = z.infer<typeof profileSchema>;

export const isProfileName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name);
