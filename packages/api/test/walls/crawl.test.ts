import { fileURLToPath } from 'node:url';
import { LatchkeyError, publicErrorOf } from '@latchkey/core/errors';
import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '../../src/trpc/router.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { type CrawledCall, crawledCalls } from './crawl/calls.ts';
import { crawledHosts } from './crawl/hosts.ts';
import { type CrawledTable, cellOf, ITS_OWN, renderTables, YES } from './crawl/table.ts';
import { type CrawledHost, type CrawlingCaller, openCrawl } from './crawl/world.ts';

const TABLE = fileURLToPath(new URL('../../../../docs/who-may-call-what.md', import.meta.url));

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

/** What a call came to; TENANT-WALL: to a stranger no answer has anything of the organization in it. */
const crawl = async ({ as, targets, stranger }: CrawlingCaller, { call }: CrawledCall): Promise<string> => {
  let answer: unknown;
  let cell = stranger ? ITS_OWN : YES;
  try {
    answer = await call(as, targets);
  } catch (error) {
    if (!(error instanceof TRPCError) || !(error.cause instanceof LatchkeyError)) throw error;
    // An outage, or a time-out: it says nothing about who may.
    if (publicErrorOf(error.cause.code).httpStatus >= 500 && error.cause.code !== 'HOST_OWNS_THIS') throw error;
    answer = error.cause.details;
    cell = cellOf(error.cause.code);
  }
  if (stranger) {
    const { reads: _, policy: __, receipt, tokenText, ...ids } = targets;
    for (const id of Object.values(ids)) expect(JSON.stringify(answer) ?? '').not.toContain(id);
  }
  return cell;
};

const crawlHost = async (host: CrawledHost): Promise<CrawledTable> => {
  const callers = await openCrawl(installation, host);
  const rows: CrawledTable['rows'][number][] = [];
  for (const row of crawledCalls) {
    const cells: string[] = [];
    // One after the other: calls about the same rows wait for each other, and on a slow machine the last ones in vain.
    for (const caller of callers) cells.push(await crawl(caller, row));
    rows.push({ procedure: row.procedure, ...(row.about === undefined ? {} : { about: row.about }), cells });
  }
  return { title: host.title, callers: callers.map(({ title }) => title), rows };
};

describe('who may call what', () => {
  it('DEFAULT-DENY: every procedure has a row, and no row is of a procedure that is gone', () => {
    const crawled = new Set(crawledCalls.map(({ procedure }) => procedure));
    expect([...crawled].sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  });

  it('is what the table says, for every caller, procedure and dialect', async () => {
    const tables: CrawledTable[] = [];
    for (const host of crawledHosts) tables.push(await crawlHost(host));
    await expect(renderTables(tables)).toMatchFileSnapshot(TABLE);
    // Nothing that was refused, allowed or rolled back has left a trace: the next call found what the first one did.
    const left = await installation.sql("select 1 from latchkey.token where name = 'Of the crawl'");
    expect(left).toEqual([]);
  }, 600_000);
});
