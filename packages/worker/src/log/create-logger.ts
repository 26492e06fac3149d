import { redactTokens } from '@latchkey/core/token';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/gi;

/** SECRET-ONCE: the last gate before a line is written, for what no list of fields foresees. */
export const redactLine = (line: string): string => redactTokens(line).replace(urlPassword, '$1:[redacted]@');

// Listed fields only: drivers hang commands with their arguments (a Redis AUTH among them) and rows on their errors.
const serializeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : serializeError(error.cause);
  return { type: error.name, message: error.message, code, stack: error.stack, cause };
};

/** Structured lines on standard output; levels are pino's. */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options: LoggerOptions = {
    level,
    base: { service: 'latchkey-worker', pid: process.pid },
    serializers: { err: serializeError },
    redact: { paths: ['digest', '*.digest', 'secret', '*.secret', 'password', '*.password'], censor: '[redacted]' },
    hooks: { streamWrite: redactLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};
