import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseAddress } from '@latchkey/core/lifecycle';
import { redactTokens } from '@latchkey/core/token';
import type { CallOrigin } from '../context.ts';

const MAX_CLIENT_LENGTH = 256;
/** BOUNDED-WORK: how many are known at once, none of them longer than one may be. */
const MAX_CLIENTS = 1_000;
/** BOUNDED-WORK: so much is looked at. A token that is cut there is taken out as far as it goes. */
const LOOKED_AT_LENGTH = 4_096;

/** Says where an HTTP request came from; the same answer, request id included, however often it is asked. */
export const createCallOrigins = (trustedProxyCount: number): ((request: IncomingMessage) => CallOrigin) => {
  const known = new WeakMap<IncomingMessage, CallOrigin>();
  /** Those with nothing to take out: few differ, and looking through one costs more than knowing it. */
  const clean = new Set<string>();
  /** SECRET-ONCE: it goes into audit events, and anything may have been put into it. */
  const clientOf = (userAgent: string): string | null => {
    if (clean.has(userAgent)) return userAgent;
    const client = redactTokens(userAgent.slice(0, LOOKED_AT_LENGTH)).slice(0, MAX_CLIENT_LENGTH);
    if (client !== userAgent || client === '') return client || null;
    if (clean.size >= MAX_CLIENTS) clean.clear();
    clean.add(userAgent);
    return client;
  };
  return (request) => {
    const before = known.get(request);
    if (before !== undefined) return before;
    const origin = {
      // Ours, never the caller's: a chosen id could be made to look like another call in logs and audit events.
      requestId: randomUUID(),
      address: addressOf(request, trustedProxyCount),
      client: clientOf(request.headers['user-agent'] ?? ''),
    };
    known.set(request, origin);
    return origin;
  };
};

/**
 * The caller's address after `trustedProxyCount` proxies, each of which appends its peer to X-Forwarded-For. What stands
 * further to the left was written by whoever called, and counts for nothing. Not an address: `null`, which a token with
 * address ranges is refused for (FAIL-CLOSED).
 */
const addressOf = (request: IncomingMessage, trustedProxyCount: number): string | null => {
  const hops = hopsOf(request);
  return readAddress(hops[Math.max(0, hops.length - 1 - trustedProxyCount)] ?? '');
};

/**
 * For whom the caller asks, where the caller is itself a proxy that has proved who it is: one hop further than
 * `addressOf`. `null` where it doesn't say: its own address is not that of whoever calls through it (FAIL-CLOSED).
 */
export const forwardedAddressOf = (request: IncomingMessage, trustedProxyCount: number): string | null => {
  const hops = hopsOf(request);
  return readAddress(hops[hops.length - 2 - trustedProxyCount] ?? '');
};

/** Whoever called first, the proxies between, and last the peer of our socket. */
const hopsOf = (request: IncomingMessage): readonly string[] => {
  const forwarded = request.headersDistinct['x-forwarded-for'];
  const peer = request.socket.remoteAddress ?? '';
  return forwarded === undefined ? [peer] : [...forwarded.join(',').split(','), peer];
};

const readAddress = (hop: string): string | null => {
  const candidate = hop.trim();
  const parsed = parseAddress(candidate);
  if (parsed === null) return null;
  // A version 6 socket shows a version 4 peer as ::ffff:192.0.2.1.
  return parsed.version === 4 && candidate.includes(':') ? dotted(parsed.bits) : candidate;
};

const dotted = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
