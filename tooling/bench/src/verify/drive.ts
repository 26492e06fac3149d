import { connect, type Socket } from 'node:net';

export interface Driven {
  readonly requests: number;
  readonly seconds: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds, from the moment at which a request was due. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export interface DriveOptions {
  readonly port: number;
  /** The whole request, ready to be sent; the number of it in the order of sending. */
  readonly request: (index: number) => Buffer;
  readonly connections: number;
  readonly ms: number;
  /** At most so many. */
  readonly count?: number;
  /** So many a second, whatever becomes of those before; left out: each connection sends as soon as it is answered. */
  readonly perSecond?: number;
  readonly onAnswer?: (answer: { readonly index: number; readonly status: number; readonly sentAt: number }) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** A client that costs little: requests made beforehand over connections that stay, one at a time on each. */
export const drive = async (options: DriveOptions): Promise<Driven> => {
  const { port, request, connections, ms, count = Number.POSITIVE_INFINITY, perSecond, onAnswer } = options;
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + ms;
  let next = 0;
  /** When the next request is due; `null` once there is none any more. */
  const due = (): number | null => {
    if (next >= count) return null;
    const at = perSecond === undefined ? performance.now() : begun + (next * 1_000) / perSecond;
    return at < end ? at : null;
  };
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let pending = Buffer.alloc(0);
      let current = { index: 0, dueAt: 0, sentAt: 0 };
      const socket: Socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      const send = () => {
        const at = due();
        if (at === null) {
          socket.destroy();
          resolve();
          return;
        }
        const index = next++;
        const go = () => {
          current = { index, dueAt: perSecond === undefined ? performance.now() : at, sentAt: performance.now() };
          socket.write(request(index));
        };
        const early = at - performance.now();
        if (early > 1) setTimeout(go, early);
        else go();
      };
      socket.on('connect', send);
      socket.on('data', (chunk) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const status = wholeAnswer(pending);
        if (status === null) return;
        pending = Buffer.alloc(0);
        statuses[status] = (statuses[status] ?? 0) + 1;
        latencies.push(performance.now() - current.dueAt);
        onAnswer?.({ index: current.index, status, sentAt: current.sentAt });
        send();
      });
      socket.on('error', (error) =>
        reject(new Error(`after ${next}, ${latencies.length} answers on ${port}`, { cause: error })),
      );
      socket.on('close', () => reject(new Error('the server has closed a connection')));
    });
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - begun) / 1_000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { requests: latencies.length, seconds, statuses, p50: at(0.5), p99: at(0.99), longest: latencies.at(-1) ?? 0 };
};

/** The status, once the answer is there to its end; one is asked for at a time. */
const wholeAnswer = (bytes: Buffer): number | null => {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length !== undefined) return bytes.length >= end + 4 + Number(length) ? status : null;
  if (status === 204 || status === 304) return status;
  return bytes.subarray(-5).toString('latin1') === '0\r\n\r\n' ? status : null;
};
