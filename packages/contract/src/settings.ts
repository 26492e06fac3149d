import { z } from 'zod';
import { repeatableInput } from './repeatable.ts';
import { instantViewSchema } from './text.ts';

const byKind = <Value extends z.ZodType>(value: Value) => z.strictObject({ personal: value, service: value });
const daysSchema = z.number().int().min(1).max(36_500);
const countSchema = z.number().int().min(0).max(10_000_000);

const fields = {
  /** Tokens of that kind can't be issued without an expiry. */
  expiryDemanded: byKind(z.boolean()),
  /** From issue to expiry; with a maximum an expiry is demanded, too. `null`: no limit. */
  maxLifetimeDays: byKind(daysSchema.nullable()),
  /** The lifetime where an issuer says nothing of it. `null`: none. */
  defaultLifetimeDays: byKind(daysSchema.nullable()),
  /** Longest grace period that a rotation may ask for; at most a year. */
  maxGraceMs: z.number().int().min(0).max(31_622_400_000),
  /** Age of a secret at which its rotation is asked for. `null`: never. */
  rotationAgeDays: daysSchema.nullable(),
  /** Days before expiry at which somebody is reminded. */
  reminderDays: z.array(daysSchema).max(10),
  /** Days without use after which a token is deactivated, with a warning before. `null`: never. */
  idleDays: daysSchema.nullable(),
  /** CIDR; each token's ranges must lie within these. Empty: any address. */
  addressRanges: z.array(z.string().max(64)).max(100),
  /** What the use of a secret that was cut does, apart from being recorded and told. */
  lateUse: z.enum(['record', 'deactivate']),
  /** Tokens that aren't revoked. `null`: no limit. */
  maxTokens: z.strictObject({ ofMember: countSchema.nullable(), ofOrganization: countSchema.nullable() }),
  /** Who is told of what is about to break. */
  told: z.strictObject({ owner: z.boolean(), administrators: z.boolean() }),
  /**
   * Audit events are kept for at least so many days after the month in which they were sealed, at most ten years, even where
   * the installation would let them go. `null`: as long as the installation keeps them.
   */
  auditKeptDays: daysSchema.max(3_650).nullable(),
} as const;

export const settingsSchema = z.object(fields);
export type SettingsView = z.infer<typeof settingsSchema>;

export const settingsContract = {
  /** `revision` is 0 while the organization has chosen nothing. */
  get: { type: 'query', input: z.void(), output: z.object({ settings: settingsSchema, revision: z.number().int() }) },
  /** Changes the settings that are given. With `dryRun` it says what the change would mean, and changes nothing. */
  update: {
    type: 'mutation',
    input: z.strictObject({
      ...z.strictObject(fields).partial().shape,
      dryRun: z.boolean().default(false),
      revision: z.number().int().optional(),
      ...repeatableInput,
    }),
    output: z.object({
      settings: settingsSchema,
      revision: z.number().int(),
      dryRun: z.boolean(),
      /** Which settings differ from what was there. */
      changed: z.array(z.string()),
      /**
       * Tokens that could not be issued like this any more, oldest first, at most 100. They go on: nothing ends them
       * but idleness, of which there is a warning before.
       */
      outOfBounds: z.object({
        items: z.array(
          z.object({
            tokenId: z.string(),
            name: z.string(),
            kind: z.enum(['personal', 'service']),
            ownerId: z.string().nullable(),
            expiresAt: instantViewSchema.nullable(),
            because: z.array(z.enum(['expiry_missing', 'lifetime', 'address', 'idle'])),
          }),
        ),
        total: z.number().int(),
      }),
      /** Members with more personal tokens than the new limit, at most 100: they issue no more until they have fewer. */
      overLimit: z.array(z.object({ memberId: z.string(), count: z.number().int() })),
    }),
  },
} as const;
