import { Alert, Badge, Code, Paper, Stack, Text, Title } from '@mantine/core';
import { useLanguage } from '../language/use-language.tsx';
import { RefusalNotice } from '../refusals/refusal-notice.tsx';
import type { Kind, PermissionDraft } from './permission-draft.ts';
import classes from './permissions.module.css';
import type { Preview } from './use-preview.ts';

/** "This token will be able to": by resource, from the decisions of the engine. */
export const PreviewPanel = ({
  kind,
  by,
  isChosen,
  preview,
  error,
  settled,
}: {
  readonly kind: Kind;
  readonly by: PermissionDraft['by'];
  readonly isChosen: boolean;
  readonly preview: Preview | undefined;
  readonly error: unknown;
  readonly settled: boolean;
}) => {
  const { m } = useLanguage();
  const decisions = preview?.decisions ?? [];
  const allowed = Map.groupBy(
    decisions.filter(({ decision }) => decision.effect === 'allow'),
    ({ resource }) => resource,
  );
  // What an ability leaves out is its meaning; what was chosen one by one and will be refused is worth a word.
  const denied = decisions.filter(
    ({ decision }) => decision.effect === 'deny' && (by === 'actions' || decision.layer === 'owner'),
  );
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm" aria-live="polite" aria-busy={isChosen && !settled}>
        <Title order={3} size="h5">
          {m.add.preview}
        </Title>
        {!isChosen || (preview !== undefined && allowed.size === 0) ? (
          <Text size="sm">{m.add.previewNothing}</Text>
        ) : preview === undefined && !error ? (
          <Text size="sm">{m.add.previewPending}</Text>
        ) : null}
        {isChosen && error ? <RefusalNotice error={error} /> : null}
        {isChosen && preview !== undefined && !error && (
          <>
            <Coverage preview={preview} />
            <dl className={classes['preview']}>
              {[...allowed].map(([resource, entries]) => (
                <div key={resource}>
                  <dt translate="no">{m.add.previewOn(resource)}</dt>
                  <dd translate="no">
                    {entries.map(({ action }) => (
                      <Badge key={action} variant="light" color="teal" tt="none">
                        {action}
                      </Badge>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
            {denied.length > 0 && <Denied decisions={denied} />}
            <details>
              <summary>
                <Text span size="sm">
                  {m.add.statements}
                </Text>
              </summary>
              <Code block className={classes['json']} tabIndex={0}>
                {JSON.stringify(preview.policies, null, 2)}
              </Code>
            </details>
          </>
        )}
        <Text size="xs" c="dimmed">
          {kind === 'personal' ? m.add.previewLive : m.add.previewFrozen}
        </Text>
      </Stack>
    </Paper>
  );
};

const Coverage = ({ preview: { coverage } }: { readonly preview: Preview }) => {
  const { m } = useLanguage();
  if (coverage.covered === true) return null;
  return (
    <Alert color="red" title={m.add.notCovered}>
      <Text size="sm">
        {coverage.covered === false
          ? m.add.notCoveredText(coverage.counterexample.action, coverage.counterexample.resource)
          : m.add.undecided}
      </Text>
    </Alert>
  );
};

const Denied = ({ decisions }: { readonly decisions: Preview['decisions'] }) => {
  const { m } = useLanguage();
  return (
    <details>
      <summary>
        <Text span size="sm">
          {m.add.previewDenied(decisions.length)}
        </Text>
      </summary>
      <ul>
        {decisions.map(({ action, resource, decision }) =>
          decision.effect === 'deny' ? (
            <li key={`${action} ${resource}`}>
              <Text span size="xs">
                <span translate="no">{action}</span> {m.add.previewOn(resource)}: {m.add.previewWhy[decision.layer]}
              </Text>
            </li>
          ) : null,
        )}
      </ul>
    </details>
  );
};
