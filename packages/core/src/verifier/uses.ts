import type { Instant } from '../clock.ts';

/** A secret was accepted: when, from where, by which client. */
export interface Use {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly secretNumber: number;
  readonly at: Instant;
  readonly address: string | null;
  readonly client: string | null;
}

/** One secret's last use, written in place: noting one costs no memory. */
export interface UseSlot {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly secretNumber: number;
  /** On the monotonic clock, in hundredths of a second: a whole number is written in place. */
  usedAtTick: number;
  address: string | null;
  client: string | null;
  /** Whether it waits to be taken. */
  noted: boolean;
}

export interface Uses {
  note(slot: UseSlot, at: number, address: string | null | undefined, client: string | null | undefined): void;
  /** The last use of each secret that was used since it was taken before, up to `limit`. */
  take(limit: number, instantOf: (at: number) => Instant): readonly Use[];
  waiting(): number;
}

const TICK_MS = 10;

/**
 * Last uses, bounded: of each secret the latest, and of `maxCount` secrets. Beyond, a use is noted only with the next
 * one after a flush: it says when a token was used, and decides nothing.
 */
export const createUses = (maxCount: number): Uses => {
  let waiting: UseSlot[] = [];
  return {
    note: (slot, at, address, client) => {
      // Rather late than early: the use after another one is after it. Whoever writes it down knows what time it is.
      const tick = Math.ceil(at / TICK_MS);
      const from = address ?? null;
      const by = client ?? null;
      // Written only where something has changed, which it seldom has: memory that is only read stays in more caches.
      if (slot.usedAtTick !== tick) slot.usedAtTick = tick;
      if (slot.address !== from) slot.address = from;
      if (slot.client !== by) slot.client = by;
      if (slot.noted || waiting.length >= maxCount) return;
      slot.noted = true;
      waiting.push(slot);
    },
    take: (limit, instantOf) => {
      const taken = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      return taken.map((slot) => {
        slot.noted = false;
        const { organizationId, tokenId, secretNumber, usedAtTick, address, client } = slot;
        const at = Math.ceil(instantOf(usedAtTick * TICK_MS));
        return { organizationId, tokenId, secretNumber, at, address, client };
      });
    },
    waiting: () => waiting.length,
  };
};
