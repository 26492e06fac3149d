import { type ErrorCode, publicErrorOf } from '@latchkey/core/errors';

/** One host's table: who got how far with each call. */
export interface CrawledTable {
  readonly title: string;
  readonly callers: readonly string[];
  readonly rows: readonly { readonly procedure: string; readonly about?: string; readonly cells: readonly string[] }[];
}

/** Statuses that speak for themselves; of every other refusal the table shows the code. */
const PLAIN: Partial<Record<ErrorCode, string>> = {
  UNAUTHORIZED: '401',
  NOT_ALLOWED: '403',
  NOT_FOUND: '404',
  CREDENTIAL_KIND: '403 kind',
  OWNER_ONLY: '403 owner only',
  PERMISSIONS_NOT_COVERED: '403 not covered',
  GRANT_NOT_COVERED: '403 not covered',
};

export const YES = 'yes';
export const ITS_OWN = 'its own';

/** A refusal as a cell. After authorization the answer depends on what is asked for: its own code says so. */
export const cellOf = (code: ErrorCode): string =>
  PLAIN[code] ?? `${publicErrorOf(code).httpStatus} ${code.toLowerCase().replaceAll('_', ' ')}`;

const HEAD = `# Who may call what

Each procedure of the API, called by everybody who could think of it. This file is made by
\`packages/api/test/walls/crawl.test.ts\`, which fails where an answer is no longer what stands here. After a change that is
meant: \`pnpm exec vitest run walls/crawl -u\` in \`packages/api\`, and read what has changed.

Every call is well formed and names things that are there, of an organization of the host in the heading. Another organization's
Owner and verifier name them, too.

| cell | meaning |
|---|---|
| yes | done |
| its own | done in the caller's own organization: the answer has nothing of the one in the heading |
| 401 | no credential |
| 403 | may not do that; the answer names the missing action |
| 403 kind | no credential of this kind may: a procedure of members and tokens, of verifiers, or of operators |
| 403 owner only | nobody but the token's owner may |
| 403 not covered | may do that, but not hand out permissions that it doesn't have itself |
| 404 | may neither do that nor see it: the answer is that of what doesn't exist |
| any other | was let through, and then refused for what was asked |

"One's own" is a personal token of the calling member, or of the calling token's owner; for a service token it is itself. Where the
caller has none it is somebody else's.
`;

/** As Markdown that can be read without being rendered. */
export const renderTables = (tables: readonly CrawledTable[]): string => [HEAD, ...tables.map(renderTable)].join('\n');

const renderTable = ({ title, callers, rows }: CrawledTable): string => {
  const cells = rows.map(({ procedure, about, cells }) => [
    `\`${procedure}\`${about === undefined ? '' : `: ${about}`}`,
    ...cells,
  ]);
  const lines = [['', ...callers], ['---', ...callers.map(() => '---')], ...cells];
  const widths = lines.reduce<number[]>(
    (sofar, line) => line.map((cell, column) => Math.max(sofar[column] ?? 0, cell.length)),
    [],
  );
  const padded = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return `## On a ${title} host\n\n${padded.join('\n')}\n`;
};
