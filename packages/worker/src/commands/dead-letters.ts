import { openStore, type Store } from '@latchkey/store';

/** What a command of the worker says, and how it ends. */
export interface CommandOutput {
  readonly lines: readonly string[];
  readonly value: unknown;
}

const withStore = async <T>(url: string, work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openStore({ url, applicationName: 'latchkey-worker', poolMax: 1 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

/** Most that are shown or requeued in one call. */
export const deadLetterLimit = 1_000;

/** What was given up, the latest first: ids, reasons and times. Payloads stay in the database (SECRET-ONCE). */
export const listDeadLetters = (url: string): Promise<CommandOutput> =>
  withStore(url, async (store) => {
    const dead = await store.outbox.deadLetters(deadLetterLimit);
    const value = dead.map(({ messageId, organizationId, name, attempts, revival, deadAt, because }) => ({
      ...{ messageId, organizationId, name, attempts, revival, because },
      deadAt: new Date(deadAt).toISOString(),
    }));
    const lines = value.map(
      (each) => `${each.messageId}  ${each.deadAt}  ${each.name}  ${each.because ?? 'no reason'}`,
    );
    return { lines: lines.length === 0 ? ['Nothing has been given up.'] : lines, value };
  });

/** Takes them up again, as if they were new; each becomes another job. Said twice it is one effect. */
export const requeueDeadLetters = (url: string, messageIds: readonly string[] | 'all'): Promise<CommandOutput> =>
  withStore(url, async (store) => {
    const ids =
      messageIds === 'all'
        ? (await store.outbox.deadLetters(deadLetterLimit)).map(({ messageId }) => messageId)
        : messageIds;
    const requeuedCount = await store.outbox.revive(ids);
    return {
      lines: [`Requeued: ${requeuedCount} of ${ids.length}.`],
      value: { requeuedCount, askedCount: ids.length },
    };
  });
