import { delimiter } from 'node:path';
import { findProgram } from './program.ts';

/** Where Debian keeps it: not on the PATH of people who are not root. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** The nginx that tests put in front of a server; undefined where there is none. */
export const findNginx = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  findProgram(['nginx'], [environment['PATH'] ?? '', ...SYSTEM_FOLDERS].join(delimiter));
