export * from './check-chain.ts';
export * from './check-stubs.ts';
export * from './erasure.ts';
export type { ChainCrypto, ChainedEvent } from './event-digest.ts';
export * from './seal.ts';
export * from './stub.ts';
