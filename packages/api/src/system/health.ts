import type { Output } from '@latchkey/contract';
import type { ApiDeps } from '../deps.ts';
import { version } from './version.ts';

/** What this server depends on, for probes and for anybody: whether it answers, and nothing about it. */
export const health = async (deps: ApiDeps): Promise<Output<'system', 'health'>> => {
  const [store, host] = await Promise.all([answers(() => deps.store.now()), answers(() => askHost(deps))]);
  const status = store === 'ok' && host === 'ok' ? 'ok' : 'degraded';
  return { status, version, checks: { store, host } };
};

/** For a membership that never was: the cheapest question that every host has an answer to, whatever its size. */
const askHost = (deps: ApiDeps): Promise<unknown> => deps.host.findMember('nobody', 'nobody');

const answers = async (ask: () => Promise<unknown>): Promise<'ok' | 'failing'> => {
  try {
    await ask();
    return 'ok';
  } catch {
    return 'failing';
  }
};
