import { Button, Fieldset, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { AbilityChoice } from '../permissions/ability-choice.tsx';
import { ActionChoice } from '../permissions/action-choice.tsx';
import { type Catalogue, type PermissionDraft, toPermissionsInput } from '../permissions/permission-draft.ts';
import { PreviewPanel } from '../permissions/preview-panel.tsx';
import { previewRequests } from '../permissions/preview-requests.ts';
import { TemplateField } from '../permissions/template-field.tsx';
import { usePreview } from '../permissions/use-preview.ts';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import type { May } from '../session/use-session.tsx';
import { ExpiryField } from './expiry-field.tsx';
import type { IssueDraft } from './issue-draft.ts';
import { KindField } from './kind-field.tsx';
import { NameField } from './name-field.tsx';
import { useIssue } from './use-issue.ts';

export const IssueForm = ({
  draft,
  isKept,
  catalogue,
  may,
  onChange,
  onDiscard,
}: {
  readonly draft: IssueDraft;
  /** Something has been typed, now or when the panel was open before. */
  readonly isKept: boolean;
  readonly catalogue: Catalogue;
  readonly may: May;
  readonly onChange: (draft: IssueDraft) => void;
  readonly onDiscard: () => void;
}) => {
  const { m } = useLanguage();
  const queries = useQueryClient();
  const reason = useId();
  const { issue, busy, error } = useIssue(onDiscard);
  const [openedWithDraft] = useState(isKept);
  const change = (part: Partial<IssueDraft>) => onChange({ ...draft, ...part });
  const { kind, permissions } = draft;
  const asked = toPermissionsInput(permissions, kind, catalogue);
  const { query, settled } = usePreview({
    kind,
    permissions: asked,
    requests: previewRequests(permissions, catalogue, may),
  });
  const isComplete = draft.name !== '' && asked !== null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (asked === null || busy) return;
    await issue(draft, asked);
    await queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {openedWithDraft && (
          <Text size="xs" c="dimmed" role="status">
            {m.add.draftKept}
          </Text>
        )}
        <NameField value={draft.name} kind={kind} onChange={(name) => change({ name })} />
        <Textarea
          label={`${m.add.description} (${m.common.optional})`}
          value={draft.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
          maxLength={2_000}
          rows={2}
        />
        <KindField value={kind} may={may} onChange={(changed) => change({ kind: changed })} />
        <Fieldset legend={m.add.permissions} variant="unstyled">
          <Stack gap="sm" mt="xs">
            {kind === 'service' && (
              <TemplateField
                draft={permissions}
                catalogue={catalogue}
                onChange={(changed) => change({ permissions: changed })}
              />
            )}
            <SegmentedControl
              aria-label={m.add.permissions}
              value={permissions.by}
              onChange={(by) => change({ permissions: { ...permissions, by: by as PermissionDraft['by'] } })}
              data={[
                { value: 'ability', label: m.add.byAbility },
                { value: 'actions', label: m.add.byAction },
              ]}
            />
            {permissions.by === 'ability' ? (
              <AbilityChoice draft={permissions} kind={kind} onChange={(changed) => change({ permissions: changed })} />
            ) : (
              <ActionChoice
                draft={permissions}
                kind={kind}
                catalogue={catalogue}
                onChange={(changed) => change({ permissions: changed })}
              />
            )}
          </Stack>
        </Fieldset>
        <PreviewPanel
          kind={kind}
          by={permissions.by}
          isChosen={asked !== null}
          preview={query.data}
          error={query.error}
          settled={settled}
        />
        <ExpiryField value={draft.expiry} onChange={(expiry) => change({ expiry })} />
        <Textarea
          label={`${m.add.addresses} (${m.common.optional})`}
          description={m.add.addressesHint}
          value={draft.addressRanges}
          onChange={(event) => change({ addressRanges: event.currentTarget.value })}
          rows={2}
          spellCheck={false}
        />
        <RefusalNotice error={error} />
        <Group justify="flex-end" gap="sm">
          {!isComplete && (
            <Text size="xs" c="dimmed" id={reason}>
              {m.add.incomplete}
            </Text>
          )}
          <Button variant="default" onClick={onDiscard}>
            {m.add.discard}
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={!isComplete}
            aria-describedby={isComplete ? undefined : reason}
          >
            {m.add.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
