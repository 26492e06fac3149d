import type { PolicyRecordView } from '@latchkey/contract';
import { Alert, Button, Drawer, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNotices } from '../frame/notices.tsx';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';
import { EditEffect } from './edit-effect.tsx';
import classes from './policies.module.css';
import { readPolicyText, writePolicyText } from './policy-text.ts';

const EXAMPLE = [{ effect: 'allow', actions: [''], resources: [''] }];

/** A policy's text. `policy` is `null` for a new one; a built-in one is shown and can't be written to. */
export const PolicyEditor = ({
  policy,
  onClose,
}: {
  readonly policy: PolicyRecordView | null;
  readonly onClose: () => void;
}) => {
  const api = useApi();
  const { m, format } = useLanguage();
  const { say } = useNotices();
  const queries = useQueryClient();
  const [name, setName] = useState(policy?.name ?? '');
  const [description, setDescription] = useState(policy?.description ?? '');
  const [text, setText] = useState(() => writePolicyText(policy?.statements ?? EXAMPLE));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const readOnly = policy?.builtIn ?? false;
  const read = readPolicyText(text);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (read.type !== 'statements' || readOnly) return;
    setBusy(true);
    setError(null);
    const { statements } = read;
    try {
      if (policy === null) {
        await api.policies.create.mutate({ name, statements, ...(description === '' ? {} : { description }) });
      } else {
        const { policyId, revision } = policy;
        const changed = { name, description: description === '' ? null : description, statements };
        await api.policies.update.mutate({ policyId, revision, ...changed });
      }
      say(m.policies.saved(name));
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      await queries.invalidateQueries();
    }
  };
  const problem =
    read.type === 'not-a-list'
      ? m.policies.notAList
      : read.type === 'not-json'
        ? m.policies.notJson(format.number(read.line), format.number(read.column))
        : undefined;
  const title =
    policy === null
      ? m.policies.addTitle
      : readOnly
        ? m.policies.viewTitle(policy.name)
        : m.policies.editTitle(policy.name);
  return (
    <Drawer opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': m.common.close }}>
      <form onSubmit={submit}>
        <Stack>
          {readOnly && <Alert>{m.policies.builtInText}</Alert>}
          <TextInput
            label={m.policies.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={128}
            required
            readOnly={readOnly}
            data-autofocus
          />
          <TextInput
            label={`${m.policies.description} (${m.common.optional})`}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            maxLength={2_000}
            readOnly={readOnly}
          />
          <Textarea
            label={m.policies.json}
            description={m.policies.jsonHint}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={problem}
            errorProps={{ 'aria-live': 'polite' }}
            rows={18}
            spellCheck={false}
            autoComplete="off"
            readOnly={readOnly}
            classNames={{ input: classes['json'] ?? '' }}
          />
          {policy !== null && read.type === 'statements' && (
            <EditEffect policyId={policy.policyId} statements={read.statements} />
          )}
          <RefusalNotice error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {readOnly ? m.common.close : m.common.cancel}
            </Button>
            {!readOnly && (
              <Button type="submit" loading={busy} disabled={read.type !== 'statements'}>
                {m.common.save}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
};
