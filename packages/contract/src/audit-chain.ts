import { z } from 'zod';
import { instantViewSchema } from './text.ts';

export const auditExportFormats = ['jsonl', 'csv', 'ocsf'] as const;
export type AuditExportFormat = (typeof auditExportFormats)[number];

/** An anchor as people keep it: `<number>:<link>`. */
export const anchorSchema = z.string().regex(/^[1-9]\d{0,14}:[0-9a-f]{64}$/u);

export const chainPointSchema = z.object({ number: z.number().int(), sealedAt: instantViewSchema });
export type ChainPoint = z.infer<typeof chainPointSchema>;

export const chainProblemSchema = z.object({
  type: z.enum([
    'seals_missing',
    'event_missing',
    'event_changed',
    'erased_unrecorded',
    'link_broken',
    'mac_wrong',
    'key_unknown',
    'anchor_differs',
    'tail_missing',
    'stub_changed',
    'stub_unrecorded',
    'event_unchained',
  ]),
  /** In the chain; `null` for an event without a place in it. */
  number: z.number().int().nullable(),
  /** Where a row of numbers is concerned, its last. */
  through: z.number().int().optional(),
  eventId: z.string().optional(),
});
export type ChainProblemView = z.infer<typeof chainProblemSchema>;

/** What retention has dropped of an organization's trail, all drops together. */
export const droppedByRetentionSchema = z.object({
  /** Numbers up to this one are gone. */
  through: z.number().int(),
  eventCount: z.number().int(),
  /** When the last of them was sealed. */
  sealedThrough: instantViewSchema,
  /** When the latest drop was. */
  droppedAt: instantViewSchema,
});
export type DroppedByRetention = z.infer<typeof droppedByRetentionSchema>;

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/u);

/**
 * A line that an export as JSON Lines begins with where retention has dropped what came before: one for each drop, the oldest
 * first. The first seal that follows is made over `lastLink` of the newest.
 */
export const auditExportStubSchema = z.object({
  organizationId: z.string(),
  stub: z.object({
    firstNumber: z.number().int().min(1),
    lastNumber: z.number().int().min(1),
    eventCount: z.number().int().min(0),
    lastLink: digestSchema,
    lastSealedAt: instantViewSchema,
    droppedAt: instantViewSchema,
    link: digestSchema,
    mac: digestSchema,
    keyId: z.string(),
  }),
});
export type AuditExportStub = z.infer<typeof auditExportStubSchema>;

/** One line of an export as JSON Lines. Digests are SHA-256 or HMAC-SHA-256, in hex. */
export const auditExportLineSchema = z.object({
  organizationId: z.string(),
  seal: z.object({
    number: z.number().int().min(1),
    eventId: z.string(),
    at: instantViewSchema,
    sealedAt: instantViewSchema,
    personalDigest: digestSchema,
    eventDigest: digestSchema,
    link: digestSchema,
    mac: digestSchema,
    keyId: z.string(),
  }),
  /** `null` where there is no such event any more. */
  event: z
    .object({
      eventId: z.string(),
      at: instantViewSchema,
      actor: z.object({ type: z.string(), id: z.string() }),
      action: z.string(),
      target: z.object({ type: z.string(), id: z.string() }),
      requestId: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
      reason: z.string().nullable(),
      address: z.string().nullable(),
      client: z.string().nullable(),
      /** With it the digest of reason, address and client can be checked. Erased together with them. */
      salt: z.string().nullable(),
      erasedBy: z.string().nullable(),
    })
    .nullable(),
});
export type AuditExportLine = z.infer<typeof auditExportLineSchema>;
