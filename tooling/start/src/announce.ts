import { relative } from 'node:path';
import type { DemoMember, DemoOrganization, LinkedOrganization } from './demo.ts';

export type Ready = {
  readonly url: string;
  readonly exampleServiceUrl: string;
  readonly database: string;
  readonly redis: boolean;
  readonly dataDir: string;
  readonly tokenFile: string | undefined;
  readonly organization: DemoOrganization;
  readonly member: DemoMember;
  readonly signInLink: string;
  readonly tookSeconds: number;
};

const quote = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** As short as it can be typed from where the reader is. */
const shorten = (path: string, cwd: string) => {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
};

/** A request to the example service that answers as it stands. The token is read from its file: it is not on the screen. */
export const composeCurl = (ready: Pick<Ready, 'exampleServiceUrl' | 'organization'>, tokenFile: string, cwd: string) =>
  [
    `curl -H "Authorization: Bearer $(cat ${quote(shorten(tokenFile, cwd))})"`,
    `${ready.exampleServiceUrl}/${ready.organization.id}/projects/shop/environments/prod/flags`,
  ].join(' ');

/** What a person reads once everything runs. */
export const describeReady = (ready: Ready, cwd = process.cwd()): string => {
  const rows: readonly (readonly [string, string])[] = [
    ['Console and API', ready.url],
    ['Example service', ready.exampleServiceUrl],
    ['Sign in (once)', ready.signInLink],
    ['', `as ${ready.member.name}, ${ready.member.role} of ${ready.organization.name}`],
    ['Database', ready.database],
    ['Jobs', ready.redis ? 'on Redis' : 'on PostgreSQL'],
    ['Data and logs', `${shorten(ready.dataDir, cwd)} (kept until npm start -- --reset)`],
  ];
  const tryIt =
    ready.tokenFile === undefined
      ? 'The demo token’s file is gone, and its secret is shown only once: npm start -- --reset makes a new one.'
      : `Try it (the token is in a file that only you can read):\n\n  ${composeCurl(ready, ready.tokenFile, cwd)}`;
  return [
    '',
    `Latchkey is ready after ${ready.tookSeconds.toFixed(1)} s. This is a demo: it listens on 127.0.0.1 only.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(17)}${value}`),
    '',
    tryIt,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
};

/** What a script reads: one line. */
export const composeReadyLine = (
  ready: Pick<Ready, 'url' | 'exampleServiceUrl'>,
  organizations: readonly LinkedOrganization[],
): string => JSON.stringify({ url: ready.url, exampleServiceUrl: ready.exampleServiceUrl, organizations });
