import { toCsvRecord } from '@latchkey/contract';
import type { SealedEvent } from '@latchkey/core/audit';
import { iso } from '../tokens/token-view.ts';

const COLUMNS = [
  'number',
  'sealed_at',
  'at',
  'event_id',
  'action',
  'actor_type',
  'actor_id',
  'target_type',
  'target_id',
  'reason',
  'address',
  'client',
  'request_id',
  'details',
  'link',
] as const;

export const CSV_HEADER = COLUMNS.join(',');

/** One record. An event that is gone leaves its number, and nothing else. JSON Lines hold a guarded text as it was. */
export const toCsvLine = ({ seal, event }: SealedEvent): string => {
  const fields: Readonly<Record<(typeof COLUMNS)[number], string | null>> = {
    number: String(seal.number),
    sealed_at: iso(seal.sealedAt),
    at: iso(seal.at),
    event_id: seal.eventId,
    action: event?.action ?? null,
    actor_type: event?.actor.type ?? null,
    actor_id: event?.actor.id ?? null,
    target_type: event?.target.type ?? null,
    target_id: event?.target.id ?? null,
    reason: event?.reason ?? null,
    address: event?.address ?? null,
    client: event?.client ?? null,
    request_id: event?.requestId ?? null,
    details: event === null ? null : JSON.stringify(event.details),
    link: seal.link,
  };
  return toCsvRecord(COLUMNS.map((column) => fields[column]));
};
