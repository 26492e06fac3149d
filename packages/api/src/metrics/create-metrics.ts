import { Gauge, Registry } from 'prom-client';
import type { ApiDeps } from '../deps.ts';
import { LEASE_MS } from '../settling/lease.ts';
import { measureSettling } from './measure-settling.ts';
import { measureVerifier } from './measure-verifier.ts';

/**
 * What Prometheus is told. Labels are names that this program gives and never a token's, a member's or an organization's:
 * whoever may read this learns how busy the installation is, and nothing of whom it serves.
 */
export interface LatchkeyMetrics {
  readonly contentType: string;
  /** In the text format, as it stands at this moment. */
  text(): Promise<string>;
}

type MetricsDeps = Pick<ApiDeps, 'verifying' | 'settler'> & { readonly store: Pick<ApiDeps['store'], 'feed'> };

export const createMetrics = ({ verifying, settler, store }: MetricsDeps): LatchkeyMetrics => {
  // Not prom-client's own, global one: several installations can live in one process.
  const registry = new Registry();
  const register = [registry];
  measureVerifier(register, verifying);
  measureSettling(register, settler);
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: register });
  const known = gauge('latchkey_verifiers', 'API nodes that stopping calls wait for');
  const coherent = gauge('latchkey_verifiers_coherent', 'Those of them that have polled within their lease');
  const storeUp = gauge('latchkey_store_up', '1 while the database answers');

  const ask = async () => {
    const { rows, incarnation, now } = await store.feed.registry();
    const present = rows.filter((row) => row.incarnation === incarnation);
    known.set(present.length);
    coherent.set(present.filter(({ polledAt }) => now - polledAt <= LEASE_MS).length);
    storeUp.set(1);
  };
  // A value of before would say that all is well while nobody can tell.
  const forget = () => {
    known.set(Number.NaN);
    coherent.set(Number.NaN);
    storeUp.set(0);
  };

  return {
    contentType: registry.contentType,
    text: async () => {
      await ask().catch(forget);
      return registry.metrics();
    },
  };
};
