import { redactTokens } from '@latchkey/core/token';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

// What would let its reader in and is no token, so core's net doesn't catch it: links, cookies, connection passwords.
const SIGN_IN_SECRET = /((?:[?&]|\\u0026)link=|__Host-latchkey=)[A-Za-z0-9_-]{8,}/g;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/gi;

/** The last net over one line of the log: the rule is that no code hands a secret to it (SECRET-ONCE). */
export const redactLogLine = (line: string): string =>
  redactTokens(line).replace(SIGN_IN_SECRET, '$1[redacted]').replace(URL_PASSWORD, '$1:[redacted]@');

const MAX_CAUSES = 5;

/**
 * Listed fields only: drivers hang statements and rows on their errors. For a logger of the host's too, whose own
 * serializer would write whatever it finds.
 */
export const serializeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return { message: redactLogLine(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined || depth === MAX_CAUSES ? undefined : serializeError(error.cause, depth + 1);
  return {
    type: error.name,
    message: redactLogLine(error.message),
    code,
    stack: error.stack === undefined ? undefined : redactLogLine(error.stack),
    cause,
  };
};

const HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** JSON lines on standard output, or where `destination` says. */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options: LoggerOptions = {
    level,
    base: { service: 'latchkey-server', pid: process.pid },
    serializers: { err: serializeError },
    redact: {
      paths: [
        ...HEADERS.flatMap((name) => [`["${name}"]`, `headers["${name}"]`, `*.headers["${name}"]`]),
        ...['secret', 'tokenText', 'presentedToken', 'password'].flatMap((name) => [name, `*.${name}`]),
      ],
      censor: '[redacted]',
    },
    hooks: { streamWrite: redactLogLine },
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
};
