import type { TokenPermissions } from '@latchkey/core';

/** BOUNDED-WORK: of how many texts the permissions are kept. */
const MAX_TEXTS = 2_000;
/** Longer ones are seldom two tokens'. */
const MAX_LENGTH = 10_000;

let known = new Map<string, TokenPermissions>();

/**
 * Permissions as they are stored -> the same object for the same text, frozen: many tokens have equal ones, which are read once
 * then, and whoever makes something of them can remember it.
 */
export const readPermissions = (text: string): TokenPermissions => {
  const found = known.get(text);
  if (found !== undefined) return found;
  const permissions = JSON.parse(text, freeze) as TokenPermissions;
  if (text.length > MAX_LENGTH) return permissions;
  if (known.size >= MAX_TEXTS) known = new Map();
  known.set(text, permissions);
  return permissions;
};

/** From the inside out. */
const freeze = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.freeze(value) : value;
