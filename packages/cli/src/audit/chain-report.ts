import type { ChainPoint, ChainProblemView, DroppedByRetention } from '@latchkey/contract';

/** What a check of the whole trail has found, by the API or from a file. */
export interface ChainReport {
  readonly problems: readonly ChainProblemView[];
  readonly checkedCount: number;
  readonly intact: ChainPoint | null;
  readonly vouched: ChainPoint | null;
  /** What retention has dropped: its stubs were checked. */
  readonly dropped: DroppedByRetention | null;
  /** Of the first seal; greater than 1 where what came before is neither here nor accounted for by a stub. `null`: from the start. */
  readonly beginsAt: number | null;
  readonly keys: 'checked' | 'not_known_here';
  /** Events that wait for their seal; `null` where a file is checked, which holds sealed ones only. */
  readonly waitingCount: number | null;
}
