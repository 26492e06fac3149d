import type { Messages } from './messages.ts';
import { isolated } from './shown.ts';

type Part = string | { readonly [key: string]: Part } | ((...values: readonly unknown[]) => string);

/** Names that people then edit and send are no sentences. */
const NAMES = new Set(['cloneName']);

/** Every message of a language; what it is given to put in stands there isolated, whoever chose it. */
export const isolateNames = (messages: Messages): Messages =>
  isolate(messages as unknown as Part) as unknown as Messages;

const isolate = (part: Part): Part => {
  if (typeof part === 'string') return part;
  if (typeof part === 'function') {
    return (...values) => part(...values.map((value) => (typeof value === 'string' ? isolated(value) : value)));
  }
  return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, NAMES.has(key) ? each : isolate(each)]));
};
