import type { Instant } from '../clock.ts';
import type { PermissionLayer } from '../policy/decide-layers.ts';
import type { Scope } from './change.ts';
import type { Coherence } from './snapshot.ts';

/** Where a token was presented from, as far as that is known. */
export interface Origin {
  /** IP address of the holder. Left out, a token with address ranges is refused. */
  readonly address?: string | null | undefined;
  /** The holder's User-Agent. */
  readonly client?: string | null | undefined;
  /** TENANT-WALL: the organizations whose tokens count; `null` or left out for all of them. */
  readonly organizationIds?: readonly string[] | null | undefined;
}

/** Something that several findings hold, and that is counted once for all of them. */
export interface Shared {
  readonly bytes: number;
  /** How many hold it; counted by the caches, and by nobody else. */
  holders: number;
}

/** Of what a finding speaks, how long it may be believed, and what it takes to remember it. */
export interface About extends Scope {
  readonly tokenId: string;
  /** How old it may become, in milliseconds, though nothing is heard. */
  readonly maxAgeMs: number;
  /** Roughly what it takes in memory by itself. */
  readonly bytes: number;
  readonly shared?: readonly Shared[] | undefined;
}

/** What a look-up has found out about one text. */
export type Finding<S> =
  /**
   * No token, or one whose secret was not proved. Never kept, for it may be issued in the next moment; but where it is
   * `impossible`: it was minted by none of the keys that whoever looked it up has.
   */
  | { readonly outcome: 'unknown'; readonly impossible?: true | undefined }
  | {
      readonly outcome: 'refused';
      readonly status: 401 | 403;
      /** Only beside 403: a 401 tells nobody anything (PROOF-FIRST). */
      readonly reason?: 'owner_removed' | 'inactive' | undefined;
      readonly about: About;
    }
  | {
      readonly outcome: 'accepted';
      readonly about: About;
      readonly secretNumber: number;
      /** A rotation has superseded this secret; it is in its grace period. */
      readonly superseded: boolean;
      /** Expiry or the end of the grace period, whichever is first. */
      readonly until: Instant | null;
      /** CIDR; an empty list means any address. */
      readonly addressRanges: readonly string[];
      readonly subject: S;
      /** Permissions that all have to allow. */
      readonly layers?: readonly PermissionLayer[] | undefined;
      /** False where it holds for this origin alone: the first use could not be recorded, for it would have been refused. */
      readonly keep: boolean;
    };

/** `coherence`: what whoever looked up vouches for at least, as it stood when the look-up began. */
export interface LookUpAnswer<S> {
  readonly finding: Finding<S>;
  readonly coherence: Coherence;
}

/** The far side: the database for an API node, an API node for a sibling service. */
export interface VerifierSource<S> {
  /**
   * Whether the text can be a token at all, by itself: form, checksum, and the tag where its key is at hand. What can't
   * be is refused without a look-up. Left out: everything is looked up.
   */
  readonly mayBeToken?: (presentedToken: string) => boolean;
  /**
   * Only for what may be a token. Asks now: what it answers stood at some moment after the call. Whatever it throws the verification throws. Another
   * organization's token than the origin's may be unknown to it; anything else it finds holds for every origin.
   */
  readonly lookUp: (presentedToken: string, origin: Origin) => Promise<LookUpAnswer<S>>;
}
