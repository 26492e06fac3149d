import { z } from 'zod';

/** Ids that Latchkey or the host made: URL-safe, at most 128 characters. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/u);

/** The public part of a token: routing key and random part, 16 base62 characters. */
export const tokenIdSchema = z.string().regex(/^[0-9A-Za-z]{16}$/u);

/** Bounded here; what a name may hold is core's to say (`NAME_INVALID`, `TEXT_CONTAINS_TOKEN`). */
export const nameSchema = z.string().min(1).max(512);
export const descriptionSchema = z.string().max(2_000);
export const reasonSchema = z.string().max(500);

/**
 * Names one call, so that it can be asked for again when its answer was lost: the same key and input give the same
 * result, for 24 hours. Each actor and procedure has keys of its own.
 */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,128}$/u);

/** An instant with its zone, RFC 3339. Without a zone it would be somebody's local time, and nobody knows whose. */
export const instantSchema = z.iso.datetime({ offset: true });

/** How instants leave the API: UTC, with milliseconds. */
export const instantViewSchema = z.iso.datetime();

/** Anything somebody may present as a token. Longer texts can't be one and are cut off here (BOUNDED-WORK). */
export const presentedTokenSchema = z.string().max(4_096);
