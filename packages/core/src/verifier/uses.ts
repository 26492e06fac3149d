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

/** When and how something was used last, written in place: noting it costs no memory. */
export interface LastUse {
  /** On the monotonic clock, in hundredths of a second: a whole number is written in place. */
  usedAtTick: number;
  address: string | null;
  client: string | null;
  /** Whether it waits to be taken. */
  noted: boolean;
}

/** `Slot`: where the last use of each secret is noted. */
export interface Uses<Slot extends LastUse> {
  note(slot: Slot, at: number, address: string | null | undefined, client: string | null | undefined): void;
  /** The last use of each secret that was used since it was taken before, up to `limit`. */
  take(limit: number, by: Reading<Slot>): readonly Use[];
  waiting(): number;
}

/** What a slot is about, and what time it is on the database's clock. */
interface Reading<Slot> {
  readonly secretOf: (slot: Slot) => Pick<Use, 'organizationId' | 'tokenId' | 'secretNumber'>;
  readonly instantOf: (at: number) => Instant;
}

const TICK_MS = 10;

/**
 * Last uses, bounded: of each secret the latest, and of `maxCount` secrets. Beyond, a use is noted only with the next
 * one after a flush: it says when a token was used, and decides nothing.
 */
export const createUses = <Slot extends LastUse>(maxCount: number): Uses<Slot> => {
  let waiting: Slot[] = [];
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
    take: (limit, { secretOf, instantOf }) => {
      const taken = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      return taken.map((slot) => {
        slot.noted = false;
        const { usedAtTick, address, client } = slot;
        return { ...secretOf(slot), at: Math.ceil(instantOf(usedAtTick * TICK_MS)), address, client };
      });
    },
    waiting: () => waiting.length,
  };
};
