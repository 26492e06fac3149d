import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import type { Kind } from '../permissions/permission-draft.ts';
import { problemText } from '../refusals/refusal-notice.tsx';
import { useApi } from '../session/use-api.ts';

/** A name, with whether it is free as one types. Issuing decides again: two people may type at once. */
export const NameField = ({
  value,
  kind,
  onChange,
}: {
  readonly value: string;
  readonly kind: Kind;
  readonly onChange: (name: string) => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  // The panel may have been open, with the focus elsewhere, before there was a field in it.
  useEffect(() => input.current?.focus(), []);
  const [name] = useDebouncedValue(value, 250);
  const { data, isFetching } = useQuery({
    queryKey: ['name', kind, name],
    queryFn: ({ signal }) => api.tokens.isNameTaken.query({ name, kind }, { signal }),
    enabled: name !== '',
    staleTime: 0,
    gcTime: 0,
  });
  const current = name === value ? data : undefined;
  const problem = current?.problems[0];
  const error =
    problem !== undefined
      ? problemText(m, problem, m.errors.NAME_INVALID)
      : current?.taken
        ? m.add.nameTaken
        : undefined;
  const hint =
    value === '' ? m.add.nameHint : isFetching || current === undefined ? m.add.nameChecking : m.add.nameFree;
  return (
    <TextInput
      ref={input}
      label={m.add.name}
      description={error === undefined ? hint : m.add.nameHint}
      descriptionProps={{ 'aria-live': 'polite' }}
      errorProps={{ 'aria-live': 'polite' }}
      error={error}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      maxLength={512}
      autoComplete="off"
      spellCheck={false}
      data-autofocus
    />
  );
};
