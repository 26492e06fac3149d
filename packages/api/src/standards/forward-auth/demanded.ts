import type { IncomingMessage } from 'node:http';
import type { Target } from './target.ts';

/** What the holder of a token has to be allowed to do, in the words of a proxy's configuration. */
export interface Demand {
  readonly action: string;
  readonly resource: string;
}

const MAX_ACTION_LENGTH = 512;
const MAX_RESOURCE_LENGTH = 2_048;

/**
 * What a proxy demands of the holder: by the query of the address that it is configured with, by headers, or nothing.
 * `null` where half of a demand is missing, or one is there twice.
 *
 * Which of the two a caller can reach depends on the proxy: one passes the caller's headers on, the other its query. So
 * each is a demand of its own and all of them have to be allowed: whatever a caller adds can only be to its own loss.
 */
export const readDemands = (request: IncomingMessage, target: Target): readonly Demand[] | null => {
  const ofHeaders = toDemand(
    request.headersDistinct['latchkey-action'] ?? [],
    request.headersDistinct['latchkey-resource'] ?? [],
  );
  const ofQuery = toDemand(target.actions, target.resources);
  if (ofHeaders === null || ofQuery === null) return null;
  return [...ofHeaders, ...ofQuery];
};

const toDemand = (actions: readonly string[], resources: readonly string[]): readonly Demand[] | null => {
  if (actions.length === 0 && resources.length === 0) return [];
  const [action = '', resource = ''] = [actions[0], resources[0]];
  if (actions.length !== 1 || resources.length !== 1 || action === '' || resource === '') return null;
  if (action.length > MAX_ACTION_LENGTH || resource.length > MAX_RESOURCE_LENGTH) return null;
  return [{ action, resource }];
};
