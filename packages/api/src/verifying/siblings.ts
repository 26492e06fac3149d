import { randomUUID } from 'node:crypto';
import type { Change, Coherence } from '@latchkey/core/verifier';

/** What a sibling service may be told: `null` for every organization. */
export interface SiblingCredential {
  readonly credentialId: string;
  readonly organizationIds: readonly string[] | null;
}

/** A credential is presented to nodes only. */
export type SiblingChange = Exclude<Change, { readonly subject: 'credential' }>;

export interface SiblingAnswer {
  readonly registrationId: string;
  readonly version: number;
  readonly changes: readonly SiblingChange[];
  readonly reset: boolean;
}

/**
 * The sibling services that hang on this node. They answer from memory by leases of ours, so that we have heard of a change
 * says nothing as long as one of them hasn't.
 */
export interface Siblings {
  /**
   * What a sibling has missed, under a lease until `leaseUntil`. `null`: this credential has as many registrations as it may.
   */
  poll(
    by: SiblingCredential,
    registration: { readonly id: string; readonly version: number } | null,
    leaseUntil: number,
  ): SiblingAnswer | null;
  /** It has dropped its memory and asks for nothing more: its leases count for nothing. */
  leave(by: SiblingCredential, registrationId: string): void;
  /** What this node has applied. */
  applied(changes: readonly Change[], coherence: Coherence): void;
  /** The newest snapshot of which the node may say that it and all of its siblings have applied it; `null` for none. */
  acknowledgeable(): string | null;
  version(): number;
  /** The end of the last lease that was granted and has not been taken back by an acknowledgement. */
  leaseUntil(): number;
  /** The node begins anew: what it has told before means nothing. Only when no lease is left. */
  forget(): void;
  /** `leases`: those that are kept, one for each version at most of each registration. */
  metrics(): { readonly registrations: number; readonly leases: number; readonly version: number };
}

interface Sibling {
  readonly credentialId: string;
  applied: number;
  /** Leases that count with what was applied at `version`. */
  grants: { readonly version: number; until: number }[];
  seenAt: number;
}

interface Logged {
  readonly version: number;
  readonly changes: readonly Change[];
}

/** BOUNDED-WORK: who has missed more begins anew. */
const MAX_LOGGED_CHANGES = 20_000;
/** One that hasn't been heard of for so long makes room for others; its leases have been over for long. */
const FORGOTTEN_AFTER_MS = 30_000;

export const createSiblings = (options: {
  readonly monotonic: () => number;
  /** For each credential. */
  readonly maxRegistrations: number;
  /** More can be acknowledged than before. */
  readonly onAcknowledgeable: () => void;
}): Siblings => {
  const { monotonic, maxRegistrations } = options;
  const siblings = new Map<string, Sibling>();
  let version = 0;
  let log: Logged[] = [];
  let logged = 0;
  /** The version before the first of the log. */
  let logFrom = 0;
  /** The last snapshot of each version that somebody may still stand at, oldest first. */
  let snapshots: { readonly version: number; snapshot: string }[] = [];

  /** The version that a sibling keeps the node at; none where it has no lease from before. */
  const heldAt = ({ grants }: Sibling, now: number): number =>
    grants.reduce(
      (least, grant) => (grant.until > now ? Math.min(least, grant.version) : least),
      Number.POSITIVE_INFINITY,
    );
  const leastHeld = (): number => {
    const now = monotonic();
    let least = Number.POSITIVE_INFINITY;
    for (const sibling of siblings.values()) least = Math.min(least, heldAt(sibling, now));
    return least;
  };
  const tidy = (now: number) => {
    for (const [id, { seenAt }] of siblings) if (now - seenAt > FORGOTTEN_AFTER_MS) siblings.delete(id);
  };
  const changesSince = (since: number, { organizationIds }: SiblingCredential): readonly SiblingChange[] => {
    const missed = log
      .filter((entry) => entry.version > since)
      .flatMap(({ changes }) => changes.filter((change) => change.subject !== 'credential'));
    if (organizationIds === null) return missed;
    // TENANT-WALL: not even that something happened elsewhere.
    return missed.filter(
      (change) => change.subject === 'installation' || organizationIds.includes(change.organizationId),
    );
  };
  const register = (by: SiblingCredential, now: number): string | null => {
    tidy(now);
    const count = [...siblings.values()].filter(({ credentialId }) => credentialId === by.credentialId).length;
    if (count >= maxRegistrations) return null;
    const id = randomUUID();
    siblings.set(id, { credentialId: by.credentialId, applied: version, grants: [], seenAt: now });
    return id;
  };

  return {
    poll: (by, registration, leaseUntil) => {
      const now = monotonic();
      const known = registration === null ? undefined : siblings.get(registration.id);
      // Whose registration it is: an id that somebody else has seen is no key to what it may hear.
      const isOwn = known !== undefined && known.credentialId === by.credentialId;
      const registrationId = isOwn && registration !== null ? registration.id : register(by, now);
      const sibling = registrationId === null ? undefined : siblings.get(registrationId);
      if (registrationId === null || sibling === undefined) return null;
      const told = isOwn && registration !== null && registration.version <= version ? registration.version : null;
      sibling.seenAt = now;
      const heldBefore = leastHeld();
      if (told !== null) sibling.applied = Math.max(sibling.applied, told);
      // What it has applied since makes leases of before count with that. Those that are over go, whatever it tells
      // (BOUNDED-WORK): who never tells anything good would leave one behind with each version.
      sibling.grants = sibling.grants.filter(
        (grant) => (told === null || grant.version >= sibling.applied) && grant.until > now,
      );
      const last = sibling.grants.at(-1);
      if (last?.version === version) last.until = Math.max(last.until, leaseUntil);
      else sibling.grants.push({ version, until: leaseUntil });
      if (leastHeld() > heldBefore) options.onAcknowledgeable();
      const reset = told === null || told < logFrom;
      return { registrationId, version, reset, changes: reset ? [] : changesSince(told, by) };
    },
    leave: ({ credentialId }, registrationId) => {
      // Whose registration it is: nobody ends another's wait.
      if (siblings.get(registrationId)?.credentialId !== credentialId) return;
      const heldBefore = leastHeld();
      siblings.delete(registrationId);
      if (leastHeld() > heldBefore) options.onAcknowledgeable();
    },
    applied: (changes, { snapshot }) => {
      if (changes.length > 0) {
        version += 1;
        log.push({ version, changes });
        logged += changes.length;
        while (logged > MAX_LOGGED_CHANGES) {
          const first = log.shift();
          if (first === undefined) break;
          logged -= first.changes.length;
          logFrom = first.version;
        }
      }
      const last = snapshots.at(-1);
      if (last?.version === version) last.snapshot = snapshot;
      else snapshots.push({ version, snapshot });
      const held = leastHeld();
      while ((snapshots[1]?.version ?? Number.POSITIVE_INFINITY) <= held && snapshots.length > 1) snapshots.shift();
    },
    acknowledgeable: () => {
      const held = leastHeld();
      return snapshots.findLast((each) => each.version <= held)?.snapshot ?? null;
    },
    version: () => version,
    leaseUntil: () => {
      let until = Number.NEGATIVE_INFINITY;
      for (const { grants } of siblings.values()) for (const grant of grants) until = Math.max(until, grant.until);
      return until;
    },
    forget: () => {
      siblings.clear();
      // Greater than any that was told: a version of before is nobody's acknowledgement of what comes.
      version += 1;
      log = [];
      logged = 0;
      logFrom = version;
      snapshots = [];
    },
    metrics: () => ({
      registrations: siblings.size,
      leases: [...siblings.values()].reduce((sum, { grants }) => sum + grants.length, 0),
      version,
    }),
  };
};
