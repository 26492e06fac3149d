import type { Output, ParsedInput } from '@latchkey/contract';
import type { PermissionCatalogue } from '@latchkey/core';
import { compilePermissions, InvalidResourceName, type TokenTemplate, tokenTemplates } from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { permissionsInvalid } from '../tokens/permission-problem.ts';
import { toStatementView } from '../tokens/token-view.ts';
import { coverage } from './require-covered.ts';

/** Starting points for service tokens in the words of the organization's catalogue, and whether the caller covers each. */
export const listTemplates = async (
  deps: Pick<ApiDeps, 'host'>,
  { principal }: Caller,
  { project }: ParsedInput<'permissions', 'templates'>,
): Promise<Output<'permissions', 'templates'>> => {
  const catalogue = await deps.host.catalogue(principal.organizationId);
  const items = templatesOf(catalogue, project).map(({ templateId, statements }) => {
    const permissions = compilePermissions([{ name: templateId, statements }], catalogue);
    return {
      templateId,
      statements: statements.map(toStatementView),
      covered: coverage(principal.layers, [{ layer: 'token', permissions }]).covered === true,
    };
  });
  return { items };
};

const templatesOf = (catalogue: PermissionCatalogue, project: string | undefined): readonly TokenTemplate[] => {
  try {
    return tokenTemplates(catalogue, project === undefined ? {} : { project });
  } catch (error) {
    if (!(error instanceof InvalidResourceName)) throw error;
    throw permissionsInvalid('project', [{ path: '', code: 'not_text', message: 'This is no key of a project.' }]);
  }
};
