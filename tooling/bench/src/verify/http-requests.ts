/** Bytes of one HTTP request. */
const write = (line: string, headers: Readonly<Record<string, string>>, body = ''): Buffer =>
  Buffer.from(
    [
      `${line} HTTP/1.1`,
      'Host: 127.0.0.1',
      'User-Agent: bench',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
      '',
      body,
    ].join('\r\n'),
  );

export type WriteRequest = (text: string) => Buffer;

export const bearerRequest: WriteRequest = (text) => write('GET /', { Authorization: `Bearer ${text}` });

export const forwardAuthRequest =
  (credential: string): WriteRequest =>
  (text) =>
    write('GET /forward-auth', { Authorization: `Bearer ${text}`, 'Latchkey-Verifier': credential });

export const introspectRequest =
  (credential: string): WriteRequest =>
  (text) =>
    write(
      'POST /oauth/introspect',
      { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      `token=${encodeURIComponent(text)}`,
    );

const inputOf = (text: string) => JSON.stringify({ presentedToken: text });

export const verifyRequest =
  (credential: string): WriteRequest =>
  (text) =>
    write(
      'POST /trpc/verify.verify',
      { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' },
      inputOf(text),
    );

/** A query by POST, so that it takes its input where `verify.verify` does: a token has no place in a URL. */
export const bareTrpcRequest: WriteRequest = (text) =>
  write('POST /trpc/verify', { Authorization: 'Bearer x', 'Content-Type': 'application/json' }, inputOf(text));
