/** A PostgreSQL snapshot (`pg_snapshot`): which transactions it sees. Means nothing outside its incarnation. */
export interface Snapshot {
  /** Every id below it is seen. */
  readonly xmin: bigint;
  /** No id from here on is seen. */
  readonly xmax: bigint;
  /** Ids from `xmin` to below `xmax` that were in progress, and so aren't seen; ascending. */
  readonly xip: readonly bigint[];
}

/** "Everything that is visible in this snapshot has been taken into account in what is said here." */
export interface Coherence {
  /** Another one: transaction ids that were lost may have been given out again, and no snapshot of before counts. */
  readonly incarnation: string;
  /** `xmin:xmax:xip,xip`, as PostgreSQL writes it. */
  readonly snapshot: string;
}

/** Says that nothing is vouched for: what comes with it can't be kept, for it is no snapshot. */
export const UNVOUCHED: Coherence = Object.freeze({ incarnation: '', snapshot: '' });

const TEXT = /^(\d{1,20}):(\d{1,20}):((?:\d{1,20}(?:,\d{1,20})*)?)$/;

/** @throws RangeError for anything but a snapshot's text: what can't be compared is no snapshot (FAIL-CLOSED). */
export const parseSnapshot = (text: string): Snapshot => {
  const found = TEXT.exec(text);
  if (found === null) throw new RangeError('not a snapshot');
  const [, xmin = '', xmax = '', xip = ''] = found;
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), xip: xip === '' ? [] : xip.split(',').map(BigInt) };
};

/** Whether the transaction, committed or rolled back, had ended when the snapshot was taken. */
export const isVisible = ({ xmin, xmax, xip }: Snapshot, xid: bigint): boolean =>
  xid < xmin || (xid < xmax && !xip.includes(xid));

/**
 * Whether every transaction that `earlier` sees is seen by `later`. Decided by the two alone, so rather no than a
 * guess: a snapshot includes itself, and of two of one server one includes the other.
 */
export const includes = (later: Snapshot, earlier: Snapshot): boolean => {
  if (later.xmax < earlier.xmax) return false;
  const unseen = new Set(earlier.xip);
  return later.xip.every((xid) => xid >= earlier.xmax || unseen.has(xid));
};
