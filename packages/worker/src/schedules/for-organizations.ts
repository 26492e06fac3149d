import type { OrganizationSettings } from '@latchkey/core/lifecycle';
import type { JobOutcome } from '../jobs/job-handler.ts';
import type { ScheduleDeps } from './schedule-handler.ts';

/** The same for each organization by its own settings, one after the other, until told to stop. */
export const forOrganizations = async (
  { store }: Pick<ScheduleDeps, 'store'>,
  signal: AbortSignal,
  work: (organizationId: string, settings: OrganizationSettings) => Promise<JobOutcome>,
): Promise<JobOutcome> => {
  let effectCount = 0;
  for (const { organizationId } of await store.organizations.list()) {
    const { settings } = await store.settings.find(organizationId);
    const result = await work(organizationId, settings);
    if (result.outcome === 'refused') return result;
    effectCount += result.effectCount;
    if (result.outcome === 'interrupted' || signal.aborted) return { outcome: 'interrupted', effectCount };
  }
  return { outcome: 'done', effectCount };
};
