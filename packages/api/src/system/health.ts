import type { Output } from '@latchkey/contract';
import type { ApiDeps } from '../deps.ts';
import { version } from './version.ts';

/** What this server depends on, for probes and for anybody: whether it answers, and nothing about it. */
export const health = async (deps: ApiDeps): Promise<Output<'system', 'health'>> => {
  const [store, host] = await Promise.all([answers(() => deps.store.now()), answers(() => askHost(deps))]);
  const status = store === 'ok' && host === 'ok' ? 'ok' : 'degraded';
  return { status, version, checks: { store, host } };
};

const askHost = async (deps: ApiDeps): Promise<void> => {
  const [organization] = await deps.store.organizations.list();
  if (organization !== undefined) await deps.host.catalogue(organization.organizationId);
};

const answers = async (ask: () => Promise<unknown>): Promise<'ok' | 'failing'> => {
  try {
    await ask();
    return 'ok';
  } catch {
    return 'failing';
  }
};
