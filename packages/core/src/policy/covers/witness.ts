import type { NameSegment } from '../request.ts';

/** A request put together from one text for each class. */
export interface Witness {
  readonly action: string;
  readonly name: readonly NameSegment[];
}
