import type { Output } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { toSettingsView } from './settings-view.ts';

/** What the caller's organization demands of tokens. Whoever issues one has to know it. */
export const getSettings = async (deps: ApiDeps, { principal }: Caller): Promise<Output<'settings', 'get'>> => {
  const { settings, revision } = await deps.store.settings.find(principal.organizationId);
  return { settings: toSettingsView(settings), revision };
};
