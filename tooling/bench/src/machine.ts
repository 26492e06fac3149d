import { availableParallelism } from 'node:os';

/** In general words: what a reader needs to compare, and nothing about whose machine it is. */
export const describeMachine = (): string =>
  `${availableParallelism()} cores, Node ${process.versions.node.split('.')[0]}`;
