import type { VerifierMetrics } from '@latchkey/core/verifier';
import type { LatchkeyApi } from '../client.ts';
import { type CachedVerify, createCachedVerify } from './cached-verify.ts';

export interface CacheOptions {
  /** How many tokens may be remembered; 100,000 where left out. */
  readonly maxTokens?: number;
  /** And their bytes together, roughly; 64 MiB where left out. */
  readonly maxBytes?: number;
  /** Called when the node could not be followed. It is tried again; until then it is asked at each verification. */
  readonly onFailure?: (error: unknown) => void;
}

export type VerifyingMetrics = VerifierMetrics;

/** `null` where this runtime has no SHA-256 that answers at once: verdicts are then asked for each time. */
export const rememberVerdicts = (api: LatchkeyApi, options: CacheOptions): CachedVerify | null => {
  const hash = findHash();
  return hash === null
    ? null
    : createCachedVerify({ ...options, api, keyOf: (text) => hash('sha256', text, 'binary') });
};

type Hash = (algorithm: 'sha256', data: string, encoding: 'binary') => string;

/** What is asked of Node, written out: a browser's program uses this package too, for the typed API, without Node's types. */
interface MaybeNode {
  readonly process?: { readonly getBuiltinModule?: (id: string) => { readonly hash?: Hash } | undefined };
}

const findHash = (): Hash | null => (globalThis as MaybeNode).process?.getBuiltinModule?.('node:crypto')?.hash ?? null;
