import { parseArgs } from 'node:util';

/**
 * What `npm start` can be told. This file runs before anything is fetched: Node built-ins only, and Node 20.
 *
 * @typedef {{ json: boolean, port: number | undefined, dataDir: string, reset: boolean }} StartOptions
 */

export const defaultPort = 4000;

export const startHelp = `Usage: npm start [-- OPTION…]

Gets what is needed, builds, and starts Latchkey with a demo organization: a PostgreSQL of its own, the API with the
console, the worker, and a small service that is protected by Latchkey. All of it listens on 127.0.0.1 only.
Ctrl-C stops everything; the next start finds the data again.

  --port N        port of the API and the console (${defaultPort}); where it is taken, a free one
  --data-dir DIR  where the data stays (.latchkey)
  --reset         forget the data of that folder first
  --json          once ready, one line of JSON on standard output, for scripts; npm writes lines of its own before it
                  unless it is told not to: npm start --silent -- --json
  --help          this text

Environment:
  DATABASE_URL    use this PostgreSQL (15 or newer) and not an embedded one; its user may create roles and schemas
  REDIS_URL       run the jobs on this Redis and not on PostgreSQL
`;

/**
 * @param {readonly string[]} args
 * @returns {{ kind: 'help' } | { kind: 'wrong', message: string } | { kind: 'start', options: StartOptions }}
 */
export const parseStartOptions = (args) => {
  /** @type {{ json?: boolean, port?: string, 'data-dir'?: string, reset?: boolean, help?: boolean }} */
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        json: { type: 'boolean' },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        reset: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
  if (values.help === true) return { kind: 'help' };
  if (values.port !== undefined && !isPort(values.port)) {
    return { kind: 'wrong', message: `--port takes a number from 0 (any free one) to 65535, not "${values.port}".` };
  }
  if (values['data-dir'] === '') return { kind: 'wrong', message: '--data-dir takes the name of a folder.' };
  return {
    kind: 'start',
    options: {
      json: values.json === true,
      port: values.port === undefined ? undefined : Number(values.port),
      dataDir: values['data-dir'] ?? '.latchkey',
      reset: values.reset === true,
    },
  };
};

/** @param {string} text */
const isPort = (text) => /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535;
