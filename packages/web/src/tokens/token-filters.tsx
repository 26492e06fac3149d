import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useLanguage } from '../language/use-language.tsx';
import { isFiltered, type TokenQuery } from './token-query.ts';
import classes from './tokens.module.css';

export interface IssuerChoice {
  readonly id: string;
  readonly name: string;
}

export const TokenFilters = ({
  query,
  issuers,
  onChange,
}: {
  readonly query: TokenQuery;
  readonly issuers: readonly IssuerChoice[];
  readonly onChange: (change: Partial<TokenQuery>) => void;
}) => {
  const { m } = useLanguage();
  const [name, setName] = useState(query.name);
  const search = useDebouncedCallback((text: string) => onChange({ name: text }), 250);
  // Somebody has gone back, or cleared the filters.
  useEffect(() => setName(query.name), [query.name]);
  const { statuses, kinds } = m.tokens;
  return (
    <search className={classes['filters']} aria-label={m.common.filters}>
      <TextInput
        type="search"
        label={m.tokens.filterName}
        value={name}
        maxLength={128}
        onChange={(event) => {
          setName(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label={m.tokens.issuer}
        value={query.issuer}
        onChange={(event) => onChange({ issuer: event.currentTarget.value })}
        data={[{ value: '', label: m.tokens.anybody }, ...issuers.map(({ id, name: label }) => ({ value: id, label }))]}
      />
      <NativeSelect
        label={m.tokens.kind}
        value={query.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as TokenQuery['kind'] })}
        data={[
          { value: '', label: m.tokens.anyKind },
          { value: 'personal', label: kinds.personal },
          { value: 'service', label: kinds.service },
        ]}
      />
      <NativeSelect
        label={m.tokens.status}
        value={query.status}
        onChange={(event) => onChange({ status: event.currentTarget.value as TokenQuery['status'] })}
        data={[
          { value: '', label: m.tokens.anyStatus },
          { value: 'active', label: statuses.active },
          { value: 'inactive', label: statuses.inactive },
          { value: 'expired', label: statuses.expired },
          { value: 'revoked', label: statuses.revoked },
        ]}
      />
      <Button
        variant="subtle"
        disabled={!isFiltered(query)}
        onClick={() => onChange({ name: '', kind: '', status: '', issuer: '' })}
      >
        {m.common.clearFilters}
      </Button>
    </search>
  );
};
