import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type RedisAnswer =
  | { readonly reached: true; readonly version: string; readonly policy: string | null; readonly isSentinel: boolean }
  | { readonly reached: false; readonly because: string };

const LIMIT_BYTES = 262_144;

const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** One question by hand (RESP, "Redis serialization protocol specification"): the server has no client of its own. */
export const askRedis = (address: string, timeoutMs = 3_000): Promise<RedisAnswer> =>
  new Promise((resolve) => {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port || 6_379);
    const socket: Socket =
      url.protocol === 'rediss:' ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
    let text = '';
    const settle = (answer: RedisAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle({ reached: false, because: `no answer within ${timeoutMs} ms` }));
    socket.on('error', (error: NodeJS.ErrnoException) => settle({ reached: false, because: error.code ?? 'error' }));
    socket.on('close', () => settle({ reached: false, because: 'it closed the connection' }));
    socket.once(url.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
      const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
      if (password !== '') socket.write(user === '' ? command('AUTH', password) : command('AUTH', user, password));
      socket.write(command('INFO') + command('PING'));
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const refusal = /^-(\w+)/m.exec(text)?.[1];
      if (refusal !== undefined && text.length < 1_000) return settle({ reached: false, because: refusal });
      if (text.length > LIMIT_BYTES) return settle({ reached: false, because: 'it says too much' });
      if (!text.includes('+PONG')) return;
      const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim();
      return settle({
        reached: true,
        version: field('valkey_version') ?? field('redis_version') ?? '0',
        policy: field('maxmemory_policy') ?? null,
        isSentinel: field('redis_mode') === 'sentinel',
      });
    });
  });
