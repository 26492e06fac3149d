import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** `refused` says when to come back; an attempt that succeeded is given back by `succeeded`. */
export interface SignInLimit {
  attempt(
    address: string | null,
  ): Promise<{ readonly refused: false } | { readonly refused: true; readonly retryAfterSeconds: number }>;
  succeeded(address: string | null): Promise<void>;
}

/**
 * Counts sign-in attempts by address, in this process: guessing 256 bits is hopeless anyway, what it bounds is the work
 * that guessing makes. Callers whose address isn't known share one count.
 */
export const createSignInLimit = (limit: { readonly count: number; readonly windowMs: number }): SignInLimit => {
  const limiter = new RateLimiterMemory({ points: limit.count, duration: limit.windowMs / 1_000 });
  return {
    attempt: async (address) => {
      try {
        await limiter.consume(keyOf(address));
        return { refused: false };
      } catch (refusal) {
        // The library throws its answer; whatever else it throws is a surprise.
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { refused: true, retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000)) };
      }
    },
    succeeded: async (address) => {
      await limiter.reward(keyOf(address));
    },
  };
};

// One subscriber has a whole /64 of version 6 (RFC 6177): its first four groups are the key.
const keyOf = (address: string | null): string =>
  address === null ? 'unknown' : address.includes(':') ? firstGroups(address) : address;

const firstGroups = (address: string): string => {
  const [head = '', tail = ''] = address.split('::');
  const headGroups = head === '' ? [] : head.split(':');
  const tailGroups = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Math.max(0, 8 - headGroups.length - tailGroups.length) : 0;
  const groups = [...headGroups, ...Array<string>(zeros).fill('0'), ...tailGroups];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
};
