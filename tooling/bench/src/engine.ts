import type { World, WorldRequest } from './world.ts';

/**
 * An engine with a world's statements loaded. Requests are prepared beforehand, so that what is measured is deciding: an
 * engine gets each in the form that suits it best.
 */
export interface Engine<Prepared = unknown> {
  readonly name: string;
  prepare(request: WorldRequest): Prepared;
  decide(prepared: Prepared): boolean;
}

export type CreateEngine = (world: World) => Engine | Promise<Engine>;
