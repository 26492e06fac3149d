import type { Output } from '@latchkey/contract';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { type Catalogue, emptyGrant, type PermissionDraft } from './permission-draft.ts';

type Template = Output<'permissions', 'templates'>['items'][number];

/** Fills in the actions of a common program; what the member doesn't cover itself is left out of the list. */
export const TemplateField = ({
  draft,
  catalogue,
  onChange,
}: {
  readonly draft: PermissionDraft;
  readonly catalogue: Catalogue;
  readonly onChange: (draft: PermissionDraft) => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const { data } = useQuery({
    queryKey: ['templates'],
    queryFn: () => api.permissions.templates.query({}),
    staleTime: 60_000,
  });
  const covered = data?.items.filter((template) => template.covered) ?? [];
  if (covered.length === 0) return null;
  const choose = (templateId: string) => {
    const template = covered.find((each) => each.templateId === templateId);
    if (template !== undefined) onChange({ ...draft, by: 'actions', grants: grantsOf(template, catalogue) });
  };
  return (
    <NativeSelect
      label={`${m.add.template} (${m.common.optional})`}
      value=""
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        { value: '', label: m.add.templateNone },
        ...covered.map(({ templateId }) => ({ value: templateId, label: m.add.templates[templateId] })),
      ]}
    />
  );
};

/** A template's statements are about whole types of the catalogue: each is that type's grant, to be narrowed at will. */
export const grantsOf = (
  { statements }: Pick<Template, 'statements'>,
  { resourceTypes }: Catalogue,
): PermissionDraft['grants'] =>
  Object.fromEntries(
    resourceTypes.flatMap((type) => {
      const statement = statements.find(({ resources }) => resources?.includes(type.resource));
      return statement === undefined ? [] : [[type.type, { ...emptyGrant(type), actions: statement.actions ?? [] }]];
    }),
  );
