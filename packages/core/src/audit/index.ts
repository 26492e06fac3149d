export * from './check-chain.ts';
export * from './erasure.ts';
export type { ChainCrypto, ChainedEvent } from './event-digest.ts';
export * from './seal.ts';
