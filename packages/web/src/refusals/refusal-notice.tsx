import { Alert, List, Text } from '@mantine/core';
import type { Messages } from '../language/messages.ts';
import { useLanguage } from '../language/use-language.tsx';
import { problemsIn, type Refusal, refusalOf, requestIn } from './refusal.ts';

/** The sentence for a refusal, in the reader's language. */
export const refusalText = (m: Messages, refusal: Refusal): string =>
  refusal.type === 'unreachable' ? m.refusals.unreachable : (m.errors[refusal.code] ?? m.errors.INTERNAL);

/** What was refused and why, said aloud at once; nothing where nothing was refused. */
export const RefusalNotice = ({ error }: { readonly error: unknown }) => {
  const { m } = useLanguage();
  if (error === null || error === undefined) return null;
  const refusal = refusalOf(error);
  const details = refusal.type === 'refused' ? refusal.details : {};
  const example = requestIn(details['counterexample']);
  const missing = requestIn(details);
  const incident = details['incidentId'];
  const problems = problemsIn(details);
  return (
    <Alert color="red" title={m.refusals.title} role="alert">
      <Text size="sm">{refusalText(m, refusal)}</Text>
      {example && <Text size="sm">{m.refusals.counterexample(example.action, example.resource)}</Text>}
      {missing && <Text size="sm">{m.states.missing(missing.action, missing.resource)}</Text>}
      {typeof incident === 'string' && <Text size="sm">{m.refusals.incident(incident)}</Text>}
      {problems.length > 0 && (
        <List size="sm" mt="xs">
          {problems.slice(0, 20).map(({ path, code, message }) => (
            <List.Item key={`${path} ${code}`}>
              {path !== '' && <code>{path}</code>} {problemText(m, code, message)}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
};

/** By code where we know it; the API's English sentence otherwise, which is better than none. */
export const problemText = (m: Messages, code: string, message: string): string => {
  const known: Readonly<Record<string, string>> = { ...m.nameProblems, ...m.policies.problemCodes };
  return (Object.hasOwn(known, code) ? known[code] : undefined) ?? message;
};
