import type { ManagedVerb, ManagementRequest, TokenManagement } from './catalogue.ts';
import { InvalidResourceName, resource } from './resource.ts';

/** What a template's placeholders are filled with. Leave `tokenId` out for a token that is yet to be issued. */
export interface ManagementIds {
  readonly memberId?: string;
  readonly tokenId?: string;
}

export type ServiceVerb = Exclude<ManagedVerb, 'changePermissions'>;

interface FillManagementRequest {
  (management: TokenManagement, kind: 'personal', verb: ManagedVerb, ids: ManagementIds): ManagementRequest;
  (management: TokenManagement, kind: 'service', verb: ServiceVerb, ids: ManagementIds): ManagementRequest;
}

/**
 * The request that asks whether somebody may do this to tokens of this kind: the catalogue's template with the ids put
 * in. A token that doesn't exist yet is asked about as `*`, which in a request is an ordinary character: only a pattern
 * that leaves the token's id open allows it. Throws {@link InvalidResourceName} where an id would change the name's
 * meaning, or where the template needs a member and none is given.
 */
export const managementRequest: FillManagementRequest = (management, kind, verb, ids) => {
  const template = (management[kind] as Readonly<Record<ManagedVerb, ManagementRequest | undefined>>)[verb];
  if (template === undefined) throw new InvalidResourceName(`No request means ${verb} for tokens of this kind.`);
  return { action: template.action, resource: fill(template.resource, ids) };
};

const fill = (template: string, { memberId, tokenId }: ManagementIds): string =>
  template
    .replaceAll('{memberId}', () => checkId(memberId))
    .replaceAll('{tokenId}', () => (tokenId === undefined ? '*' : checkId(tokenId)));

const checkId = (id: string | undefined): string => {
  if (id === undefined) throw new InvalidResourceName('The request needs the id of a member.');
  resource(['id', id]);
  return id;
};
