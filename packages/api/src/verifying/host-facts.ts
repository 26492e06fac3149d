import type { Host, HostMember, HostPolicy, PermissionCatalogue } from '@latchkey/core';
import { type Cache, createCache, type Trust } from '@latchkey/core/verifier';

/** Something of the host's, and since when it has been known, on the monotonic clock. */
export interface Fact<T> {
  readonly value: T;
  readonly since: number;
}

/** What look-ups ask the host: first sights of tokens of one owner, or of one organization, ask it once. */
export interface HostFacts {
  member(organizationId: string, memberId: string): Promise<Fact<HostMember | null>>;
  catalogue(organizationId: string): Promise<Fact<PermissionCatalogue>>;
  policies(organizationId: string, policyIds: readonly string[]): Promise<Fact<readonly HostPolicy[]>>;
}

export interface HostFactsOptions {
  readonly host: Host;
  readonly trust: Trust;
  /** How old a fact may become though nothing is heard of it. */
  readonly maxAgeMs: number;
  readonly maxFacts: number;
}

/** A question to the host that is under way. */
interface Flight {
  readonly ordinal: number;
  readonly landed: Promise<Landed>;
}

interface Landed {
  readonly fact: Fact<unknown>;
  /** Nothing that touches it was heard of from its question to its answer. */
  readonly coherent: boolean;
}

/**
 * Coherent by the same trust as the verdicts: the feed tells of members and policies that change, and without a lease each
 * look-up asks the host, or waits with others that came before it asked. What a fact is used for can't be older than the
 * fact is.
 */
export const createHostFacts = ({ host, trust, maxAgeMs, maxFacts }: HostFactsOptions): HostFacts => {
  const facts: Cache<Fact<unknown>> = createCache(trust, { maxEntries: maxFacts, maxBytes: maxFacts * FACT_BYTES });
  const flights = new Map<string, Flight>();
  let ordinals = 0;

  const begin = (
    key: string,
    scope: { readonly organizationId: string; readonly ownerId: string | null },
    ask: () => Promise<unknown>,
  ): Flight => {
    const ordinal = ordinals++;
    const start = trust.begin();
    const land = async (): Promise<Landed> => {
      try {
        // Asynchronous, so that what it throws is a rejection: a flight has to be known before it lands.
        const fact = { value: await (async () => ask())(), since: start.at };
        const about = { ...scope, tokenId: null, dependsOnPermissions: true, maxAgeMs, bytes: bytesOf(fact.value) };
        // Asked after the look-up began: it has taken into account whatever was known then.
        const coherent = start.coherence !== null && trust.isCoherent(start, start.coherence, about);
        if (coherent) facts.set(key, fact, about, start);
        return { fact, coherent };
      } finally {
        trust.end(start);
        if (flights.get(key)?.ordinal === ordinal) flights.delete(key);
      }
    };
    const flight = { ordinal, landed: land() };
    flights.set(key, flight);
    return flight;
  };

  const know = async <T>(
    name: readonly string[],
    scope: { readonly organizationId: string; readonly ownerId: string | null },
    ask: () => Promise<T>,
  ): Promise<Fact<T>> => {
    const key = JSON.stringify(name);
    const at = trust.now();
    const known = trust.holds(at) ? facts.get(key, at) : null;
    // The cast: one name is always asked for in one way.
    if (known !== null) return known as Fact<T>;
    // BOUNDED-WORK: a thousand first sights of one owner's tokens are one question. Who joins one is told what was asked
    // before it came only where nothing was heard of since, that counts, and it is young enough. Twice at most: the second one
    // was begun after this look-up had come, by somebody who waited for the same first one.
    const from = ordinals;
    for (let round = 0; round < 2; round += 1) {
      const flight = flights.get(key);
      if (flight === undefined) break;
      const { fact, coherent } = await flight.landed;
      const now = trust.now();
      const counts = coherent && trust.holds(now) && now - fact.since < maxAgeMs;
      if (flight.ordinal >= from || counts) return fact as Fact<T>;
    }
    return (await begin(key, scope, ask).landed).fact as Fact<T>;
  };

  return {
    member: (organizationId, memberId) =>
      know(['member', organizationId, memberId], { organizationId, ownerId: memberId }, () =>
        host.findMember(organizationId, memberId),
      ),
    catalogue: (organizationId) =>
      know(['catalogue', organizationId], { organizationId, ownerId: null }, () => host.catalogue(organizationId)),
    policies: (organizationId, policyIds) =>
      know(['policies', organizationId, ...policyIds], { organizationId, ownerId: null }, () =>
        host.findPolicies(organizationId, policyIds),
      ),
  };
};

/** On average; what is larger crowds others out. */
const FACT_BYTES = 10_000;

const bytesOf = (value: unknown): number => 2 * (JSON.stringify(value) ?? '').length;
