import { compilePermissions, decide, readCatalogue, tokenTemplates } from '@latchkey/core/policy';
import { featbitCatalogue, launchdarklyCatalogue } from '@latchkey/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

describe.each([
  ['featbit', featbitCatalogue, 'ToggleFlag', 'DeleteFlag', 'project/shop:env/prod:flag/x'],
  ['launchdarkly', launchdarklyCatalogue, 'updateOn', 'deleteFlag', 'proj/shop:env/prod:flag/x'],
] as const)('templates in the %s dialect', (dialect, published, toggle, remove, flag) => {
  const catalogue = readCatalogue(published);
  const allows = (templateId: string, action: string, resource: string, project?: string) => {
    const template = tokenTemplates(catalogue, project === undefined ? {} : { project }).find(
      (each) => each.templateId === templateId,
    );
    const permissions = compilePermissions([{ name: 'own', statements: template?.statements ?? [] }], { dialect });
    return decide(permissions, { action, resource }).effect === 'allow';
  };

  it('are all there', () => {
    expect(tokenTemplates(catalogue).map(({ templateId }) => templateId)).toEqual([
      'ci_deploy',
      'reporting',
      'terraform',
      'sdk',
      'incident_bot',
    ]);
  });

  it('give each what it needs and no more', () => {
    const matrix = (['ci_deploy', 'reporting', 'terraform', 'sdk', 'incident_bot'] as const).map((templateId) => [
      templateId,
      allows(templateId, toggle, flag),
      allows(templateId, remove, flag),
    ]);
    expect(matrix).toEqual([
      ['ci_deploy', true, false],
      ['reporting', false, false],
      ['terraform', true, true],
      ['sdk', false, false],
      ['incident_bot', true, false],
    ]);
  });

  it('hold no action that service tokens may not have', () => {
    const withheld = new Set(
      catalogue.resourceTypes.flatMap(({ actions }) =>
        actions.filter(({ grantableToService }) => !grantableToService).map(({ name }) => name),
      ),
    );
    const within = catalogue.resourceTypes.filter(({ resource }) => /^proj/u.test(resource));
    const granted = new Set(
      within.flatMap(({ actions }) => actions.filter((each) => each.grantableToService).map(({ name }) => name)),
    );
    for (const { statements } of tokenTemplates(catalogue)) {
      for (const action of statements.flatMap(({ actions }) => actions ?? [])) {
        // One name may be an action of several types.
        expect(granted.has(action) || !withheld.has(action)).toBe(true);
      }
    }
  });

  it('are limited to a project where one is named', () => {
    expect(allows('incident_bot', toggle, flag, 'shop')).toBe(true);
    expect(allows('incident_bot', toggle, flag, 'blog')).toBe(false);
  });
});

it('each covered template issues a service token as it stands', async () => {
  const dana = await installation.member('acme', 'dana');
  const { items } = await dana.permissions.templates({ project: 'shop' });
  expect(items.filter(({ covered }) => covered).map(({ templateId }) => templateId)).toContain('incident_bot');
  for (const { templateId, statements, covered } of items) {
    const issuing = dana.tokens.issue({
      kind: 'service',
      name: `by ${templateId}`,
      permissions: { type: 'statements', statements: statements as never },
    });
    if (covered) expect((await issuing).token.status).toBe('active');
    else expect((await refusal(issuing)).code).toBe('PERMISSIONS_NOT_COVERED');
  }
  expect((await refusal(dana.permissions.templates({ project: 'shop:env/*' }))).code).toBe('PERMISSIONS_INVALID');
});
