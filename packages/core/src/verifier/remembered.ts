import type { Instant } from '../clock.ts';
import { addressIsWithin } from '../lifecycle/cidr.ts';
import type { PermissionLayer } from '../policy/decide-layers.ts';
import type { CountedRow } from '../usage/count-decisions.ts';
import type { Entry, Place } from './cache.ts';
import type { About, Finding, Origin } from './finding.ts';
import type { LastUse } from './uses.ts';
import { type Accepted, REFUSED_FOR, type Refused, UNAUTHORIZED, WRONG_ADDRESS } from './verdict.ts';

export type Known<S> = Exclude<Finding<S>, { readonly outcome: 'unknown' }>;

/**
 * What was found for a text: the verdict itself, made once so that a hit allocates nothing, the entry of the cache that keeps
 * it, when it was used last and what was decided last. All in one place of memory: with a million of them each further
 * place costs a hit a good part of its speed. What a hit looks at stands first.
 */
export class Remembered<S> implements Entry, LastUse {
  lookedUpAt: number;
  readonly organization: Entry['organization'];
  readonly owner: Entry['owner'];
  readonly dependsOnPermissions: boolean;
  readonly diesAtTick: number;
  readonly until: Instant | null;
  touched = false;
  /** Itself where the token was accepted. */
  readonly verdict: Accepted<S> | Refused;
  /** `null` for any address. */
  readonly addressRanges: readonly string[] | null = null;
  usedAtTick = 0;
  noted = false;
  address: string | null = null;
  client: string | null = null;
  readonly accepted: boolean;
  readonly layers: readonly PermissionLayer[] = NO_LAYERS;
  readonly subject: S | null = null;
  taken = 0;
  row: CountedRow | null = null;
  action = '';
  resource = '';
  allowedCount = 0;
  deniedCount = 0;
  readonly about: About;
  readonly secretNumber: number = 0;
  readonly superseded: boolean = false;
  readonly key: string;
  next: Entry | null;
  listedAt = 0;

  constructor(place: Place, finding: Known<S>) {
    this.lookedUpAt = place.lookedUpAt;
    this.organization = place.organization;
    this.owner = place.owner;
    this.dependsOnPermissions = finding.about.dependsOnPermissions;
    this.diesAtTick = place.diesAtTick;
    this.key = place.key;
    this.next = place.next;
    this.about = finding.about;
    this.accepted = finding.outcome === 'accepted';
    if (finding.outcome === 'refused') {
      this.until = null;
      this.verdict = refusalOf(finding);
      return;
    }
    this.until = finding.until;
    if (finding.addressRanges.length > 0) this.addressRanges = finding.addressRanges;
    if (finding.layers !== undefined) this.layers = finding.layers;
    this.subject = finding.subject;
    this.secretNumber = finding.secretNumber;
    this.superseded = finding.superseded;
    // The cast: it is one, with all that it says.
    this.verdict = this as unknown as Accepted<S>;
  }

  /** Whoever writes a verdict into a log or an answer doesn't write our memory with it. */
  toJSON(): object {
    const { accepted, subject, about, secretNumber, superseded, until } = this;
    return { accepted, subject, about, secretNumber, superseded, until };
  }
}

/** TENANT-WALL: to whoever asks for some organizations only, the others' tokens are unknown, whatever their state. */
const isWithin = (within: Origin['organizationIds'], { about }: Remembered<unknown>): boolean =>
  within == null || within.includes(about.organizationId);

export const judgedFor = <S>(found: Remembered<S> | null, origin: Origin): Accepted<S> | Refused => {
  if (found === null || !isWithin(origin.organizationIds, found)) return UNAUTHORIZED;
  const { verdict, addressRanges } = found;
  return addressRanges === null || addressIsWithin(addressRanges, origin.address ?? undefined)
    ? verdict
    : WRONG_ADDRESS;
};

/** `maxAgeMs`: what is left of it, where it was kept. */
export const findingOf = <S>(
  found: Remembered<S> | null,
  origin: Origin,
  { keep = true, maxAgeMs }: { readonly keep?: boolean; readonly maxAgeMs?: number },
): Finding<S> => {
  if (found === null || !isWithin(origin.organizationIds, found)) return NOTHING;
  const about = maxAgeMs === undefined ? found.about : { ...found.about, maxAgeMs };
  const { verdict } = found;
  if (!verdict.accepted) {
    // An address is judged by whoever asks; it is no finding of a token.
    const reason = verdict.status === 403 && verdict.reason !== 'address' ? verdict.reason : undefined;
    return { outcome: 'refused', status: verdict.status, reason, about };
  }
  const { secretNumber, superseded, until, subject, layers } = verdict;
  const addressRanges = found.addressRanges ?? [];
  return {
    ...{ outcome: 'accepted', about, secretNumber, superseded, until, addressRanges, subject, keep },
    ...(layers === NO_LAYERS ? {} : { layers }),
  };
};

const NO_LAYERS: readonly PermissionLayer[] = Object.freeze([]);

const NOTHING = Object.freeze({ outcome: 'unknown' } as const);

const refusalOf = ({ status, reason }: Extract<Finding<never>, { readonly outcome: 'refused' }>): Refused =>
  status === 403 && reason !== undefined ? REFUSED_FOR[reason] : UNAUTHORIZED;
