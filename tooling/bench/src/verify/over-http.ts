import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '@latchkey/embedded';
import { type Driven, drive } from './drive.ts';
import {
  bareTrpcRequest,
  bearerRequest,
  forwardAuthRequest,
  introspectRequest,
  verifyRequest,
  type WriteRequest,
} from './http-requests.ts';
import { usageOf } from './process-usage.ts';
import { CONTENDER, type Program, startProgram, startServer } from './programs.ts';
import { drawTexts } from './race.ts';
import type { World } from './world.ts';

export interface HttpRow {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Of the serving process, all threads, for each request. */
  readonly cpuUs: number;
  readonly megabytes: number;
  readonly p99Ms: number;
  readonly statuses: Driven['statuses'];
}

export const HTTP_NAMES = {
  express: 'express',
  map: 'express with the Map',
  mapForm: 'express with the Map, reading a form',
  select: 'express with the SELECT',
  betterAuth: 'express with better-auth',
  trpc: 'a bare tRPC query',
  forwardAuth: 'Latchkey /forward-auth',
  introspect: 'Latchkey /oauth/introspect',
  verify: 'Latchkey verify.verify',
} as const;

interface Contender {
  readonly name: string;
  readonly program: Program;
  readonly requests: readonly Buffer[];
  /** Fewer are enough. */
  readonly isSlow: boolean;
}

const CONNECTIONS = 32;
const WARM_UP = 6;
/** A turn ends then, whatever is left of it. */
const LONGEST_MS = 30_000;

/**
 * Every server in a process of its own that answers one kind of request, with the same draws, in turns of so many
 * `requests`, for `rounds` rounds. What a request costs is told by the processor time of the process that answers; how many
 * are answered in a second, by that and by what else runs.
 */
export const measureHttp = async (
  world: World,
  { valid, invalid, keys }: Record<'valid' | 'invalid' | 'keys', readonly string[]>,
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
): Promise<readonly HttpRow[]> => {
  const file = join(world.folder, 'texts');
  writeFileSync(file, valid.join('\n'));
  const draws = drawTexts(valid, invalid, 20_000, 11);
  const started: Program[] = [];
  const other = async (name: string, kind: string, to: WriteRequest, texts = draws): Promise<Contender> => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const args = [kind, new URL(url).port, file, world.adminUrl];
    const program = await startProgram(CONTENDER, args, {}, { url, path: '/' });
    started.push(program);
    return { name, program, requests: texts.map(to), isSlow: kind === 'express-better-auth' };
  };
  const own = async (name: string, to: WriteRequest): Promise<Contender> => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const program = await startServer({ ...world.env, LATCHKEY_PUBLIC_URL: url }, url);
    started.push(program);
    return { name, program, requests: draws.map(to), isSlow: false };
  };
  try {
    const contenders = [
      await other(HTTP_NAMES.express, 'express', bearerRequest),
      await other(HTTP_NAMES.map, 'express-map', bearerRequest),
      await other(HTTP_NAMES.mapForm, 'express-map-form', introspectRequest('nobody')),
      await other(HTTP_NAMES.select, 'express-select', bearerRequest),
      await other(HTTP_NAMES.betterAuth, 'express-better-auth', bearerRequest, drawTexts(keys, invalid, 5_000, 11)),
      await other(HTTP_NAMES.trpc, 'trpc', bareTrpcRequest),
      await own(HTTP_NAMES.forwardAuth, forwardAuthRequest(world.credential)),
      await own(HTTP_NAMES.introspect, introspectRequest(world.credential)),
      await own(HTTP_NAMES.verify, verifyRequest(world.credential)),
    ];
    const rows = new Map<string, HttpRow[]>(contenders.map(({ name }) => [name, []]));
    // The first round is the compiler's, which takes some ten thousand requests, and the first sight of each token.
    for (let round = -1; round < rounds; round += 1) {
      for (const each of contenders) {
        const count = round < 0 ? WARM_UP * requests : requests;
        const row = await measureOne(each, each.isSlow ? requests / 6 : count);
        if (round >= 0) rows.get(each.name)?.push(row);
      }
    }
    return [...rows.values()].map(middleOf);
  } finally {
    for (const program of started) await program.stop();
  }
};

const measureOne = async ({ name, program, requests }: Contender, count: number): Promise<HttpRow> => {
  const before = usageOf(program.pid);
  const port = Number(new URL(program.url).port);
  const request = (index: number) => requests[index % requests.length] as Buffer;
  const driven = await drive({ port, request, connections: CONNECTIONS, ms: LONGEST_MS, count });
  const after = usageOf(program.pid);
  return {
    name,
    requestsPerSecond: Math.round(driven.requests / driven.seconds),
    cpuUs: ((after.cpuMs - before.cpuMs) * 1_000) / driven.requests,
    megabytes: after.megabytes,
    p99Ms: driven.p99,
    statuses: driven.statuses,
  };
};

/** The lower quartile of processor time: what else runs can only make it more. */
const middleOf = (rows: readonly HttpRow[]): HttpRow =>
  [...rows].sort((a, b) => a.cpuUs - b.cpuUs)[rows.length >> 2] as HttpRow;
