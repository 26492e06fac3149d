/** How many wait for wake-ups, for each verifier credential. */
export interface Subscriptions {
  /** False where there are as many as there may be. */
  enter(credentialId: string): boolean;
  leave(credentialId: string): void;
  /** Of all credentials together. */
  count(): number;
}

export const createSubscriptions = (max: number): Subscriptions => {
  const counts = new Map<string, number>();
  return {
    enter: (credentialId) => {
      const count = counts.get(credentialId) ?? 0;
      if (count >= max) return false;
      counts.set(credentialId, count + 1);
      return true;
    },
    leave: (credentialId) => {
      const left = (counts.get(credentialId) ?? 1) - 1;
      if (left > 0) counts.set(credentialId, left);
      else counts.delete(credentialId);
    },
    count: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
};
