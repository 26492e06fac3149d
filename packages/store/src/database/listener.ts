import pg from 'pg';

export interface ListenerOptions {
  /** Past a pooler: LISTEN belongs to a session (`DATABASE_DIRECT_URL`). */
  readonly url: string;
  readonly channels: readonly string[];
  /**
   * A wake-up, not a promise: called for each notification, and once for each channel whenever the connection has come
   * (back), because what was sent in between is lost. Look into the table, whatever it says.
   */
  readonly onNotify: (channel: string) => void;
  /** The connection went, or could not be made; another is tried soon. */
  readonly onLost: (error: Error) => void;
  /** How often the connection is asked whether it still lives; 15,000 ms by default. */
  readonly heartbeatMs?: number;
}

export interface Listener {
  close(): Promise<void>;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;

/** Listens on a connection of its own, and makes a new one whenever it is lost, until it is closed. */
export const openListener = (options: ListenerOptions): Listener => {
  const closing = new AbortController();
  const running = (async () => {
    let delayMs = FIRST_DELAY_MS;
    while (!closing.signal.aborted) {
      const lost = await listenOnce(options, closing.signal, () => {
        delayMs = FIRST_DELAY_MS;
      });
      if (lost === null) return;
      options.onLost(lost);
      await pause(delayMs, closing.signal);
      delayMs = Math.min(2 * delayMs, LAST_DELAY_MS);
    }
  })();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
};

/** One connection's life: why it ended, or `null` where we wanted it to. */
const listenOnce = async (
  options: ListenerOptions,
  closing: AbortSignal,
  onReady: () => void,
): Promise<Error | null> => {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'latchkey-listener',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
  let end: (reason: Error | null) => void = () => undefined;
  const ended = new Promise<Error | null>((resolve) => {
    end = resolve;
  });
  const stop = () => end(null);
  closing.addEventListener('abort', stop, { once: true });
  client.on('error', end);
  client.on('end', () => end(new Error('the connection for notifications has ended')));
  client.on('notification', ({ channel }) => options.onNotify(channel));
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    for (const channel of options.channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    onReady();
    for (const channel of options.channels) options.onNotify(channel);
    // A connection whose other end has vanished says nothing at all.
    heartbeat = setInterval(() => void client.query('select 1').catch(end), options.heartbeatMs ?? 15_000);
    return await ended;
  } catch (error) {
    return closing.aborted ? null : (error as Error);
  } finally {
    clearInterval(heartbeat);
    closing.removeEventListener('abort', stop);
    // Not awaited: `end` waits for an answer, which a lost server never gives.
    void client.end().catch(() => undefined);
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
