import type { Duplex } from 'node:stream';
import { type ErrorCode, publicErrorOf } from '@latchkey/core/errors';

/**
 * Answers what Node could not read as an HTTP request, in our words: Node's own answer has no body and no code.
 * For `server.on('clientError')`.
 */
export const refuseBrokenRequest = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'BAD_INPUT';
  const { httpStatus, message } = publicErrorOf(code);
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    [
      `HTTP/1.1 ${httpStatus} ${reasons[code]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

const reasons = { HEADERS_TOO_LARGE: 'Request Header Fields Too Large', BAD_INPUT: 'Bad Request' } as const;
