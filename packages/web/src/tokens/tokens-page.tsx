import type { TokenView } from '@latchkey/contract';
import { Button, Group, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useLocation, useParams, useSearch } from 'wouter';
import { useLanguage } from '../language/use-language.tsx';
import { useApi } from '../session/use-api.ts';
import { useMay, useWho } from '../session/use-session.tsx';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import { PageTitle } from '../states/page-title.tsx';
import { Pager, usePages } from '../states/pager.tsx';
import { AddToken } from './add-token.tsx';
import { ChangePermissions } from './change-permissions.tsx';
import { CopyToken } from './copy-token.tsx';
import { EditToken } from './edit-token.tsx';
import { ExplainToken } from './explain-token.tsx';
import { ExtendToken } from './extend-token.tsx';
import { LocateToken } from './locate-token.tsx';
import { OneToken } from './one-token.tsx';
import { RemoveToken } from './remove-token.tsx';
import { RightSizeToken } from './right-size-token.tsx';
import { RotateToken } from './rotate-token.tsx';
import { focusMenuOf, type TokenDialog } from './row-menu.tsx';
import { TokenFilters } from './token-filters.tsx';
import { isFiltered, readTokenQuery, type TokenQuery, toListInput, writeTokenQuery } from './token-query.ts';
import { TokenTable } from './token-table.tsx';
import { useIssuers } from './use-issuers.ts';
import { verbsFor } from './verbs.ts';

const PATH = '/integrations/access-tokens';
const ROWS = 50;

export const TokensPage = () => {
  const api = useApi();
  const { m } = useLanguage();
  const may = useMay();
  const [, go] = useLocation();
  const { panel } = useParams();
  const search = useSearch();
  // What a mail links to.
  const tokenId = panel === undefined || panel === 'new' ? null : panel;
  const query = readTokenQuery(search);
  const pages = usePages(writeTokenQuery(query));
  const input = { ...toListInput(query), limit: ROWS, ...(pages.cursor === undefined ? {} : { cursor: pages.cursor }) };
  const list = useQuery({
    queryKey: ['tokens', input],
    queryFn: ({ signal }) => api.tokens.list.query(input, { signal }),
    placeholderData: keepPreviousData,
    enabled: tokenId === null,
  });
  const [dialog, setDialog] = useState<{ readonly type: TokenDialog; readonly token: TokenView } | null>(null);
  const [locating, setLocating] = useState(false);
  const addButton = useRef<HTMLButtonElement>(null);
  const locateButton = useRef<HTMLButtonElement>(null);

  const change = (part: Partial<TokenQuery>) => {
    const text = writeTokenQuery({ ...query, ...part });
    go(`${PATH}${text === '' ? '' : `?${text}`}`, { replace: true });
  };
  const withSearch = (path: string) => `${path}${search === '' ? '' : `?${search}`}`;
  const tokens = list.data?.items ?? [];
  const issuers = useIssuers(tokens, query.issuer);
  const mayAdd = may !== undefined && (may.mayManagePersonalTokens || may.mayManageServiceTokens);
  const add = (
    <Button ref={addButton} data-add-token onClick={() => go(withSearch(`${PATH}/new`))} disabled={!mayAdd}>
      {m.tokens.add}
    </Button>
  );
  return (
    <>
      <PageTitle
        title={m.tokens.title}
        intro={m.tokens.intro}
        action={
          <Group gap="sm">
            <Button variant="default" ref={locateButton} onClick={() => setLocating(true)}>
              {m.locate.open}
            </Button>
            <Button variant="default" component={Link} href={`${PATH}/bulk`}>
              {m.bulk.open}
            </Button>
            {add}
          </Group>
        }
      />
      {may !== undefined && !mayAdd && <Hint text={m.tokens.mayNotAdd} />}
      {may !== undefined && !may.mayListTokens && <Hint text={m.tokens.ownOnly} />}
      {tokenId === null && <TokenFilters query={query} issuers={issuers} onChange={change} />}
      {tokenId !== null ? (
        <OneToken
          tokenId={tokenId}
          query={query}
          onAll={() => go(withSearch(PATH))}
          onOpen={(type, token) => setDialog({ type, token })}
        />
      ) : list.isPending ? (
        <Loading />
      ) : list.error !== null && list.data === undefined ? (
        <NotShown error={list.error} retry={() => void list.refetch()} />
      ) : tokens.length === 0 && pages.number === 1 && !list.data?.nextCursor ? (
        isFiltered(query) ? (
          <Empty title={m.states.nothingMatches} />
        ) : (
          <Empty title={m.tokens.empty} text={m.tokens.emptyText} />
        )
      ) : (
        <>
          <TokenTable
            tokens={tokens}
            query={query}
            stale={list.isPlaceholderData}
            onSort={change}
            onOpen={(type, token) => setDialog({ type, token })}
          />
          <Pager pages={pages} nextCursor={list.data?.nextCursor ?? null} count={tokens.length} />
        </>
      )}
      <AddToken
        opened={panel === 'new'}
        onClose={() => {
          // The address first: with it the panel closes, and going back doesn't open it again.
          go(withSearch(PATH), { replace: true });
          addButton.current?.focus();
        }}
      />
      {locating && (
        <LocateToken
          onDetails={(tokenId) => {
            setLocating(false);
            go(withSearch(`${PATH}/${tokenId}`));
          }}
          onClose={() => {
            setLocating(false);
            locateButton.current?.focus();
          }}
        />
      )}
      {dialog && (
        <Dialog
          dialog={dialog}
          onClose={() => {
            setDialog(null);
            focusMenuOf(dialog.token.tokenId);
          }}
          onRotate={() => setDialog({ type: 'rotate', token: dialog.token })}
        />
      )}
    </>
  );
};

const Hint = ({ text }: { readonly text: string }) => (
  <Text size="sm" c="dimmed" mb="md">
    {text}
  </Text>
);

const Dialog = ({
  dialog: { type, token },
  onClose,
  onRotate,
}: {
  readonly dialog: { readonly type: TokenDialog; readonly token: TokenView };
  readonly onClose: () => void;
  readonly onRotate: () => void;
}) => {
  const { manage } = verbsFor(token, useWho(), useMay());
  switch (type) {
    case 'explain':
      return <ExplainToken token={token} onClose={onClose} />;
    case 'edit':
      return <EditToken token={token} onClose={onClose} />;
    case 'permissions':
      return <ChangePermissions token={token} onClose={onClose} />;
    case 'rightSize':
      return <RightSizeToken token={token} onClose={onClose} />;
    case 'clone':
    case 'handOver':
      return <CopyToken token={token} as={type} onClose={onClose} />;
    case 'extend':
      return <ExtendToken token={token} onClose={onClose} />;
    case 'rotate':
      return <RotateToken token={token} onClose={onClose} />;
    case 'remove':
      return <RemoveToken token={token} mayRotate={manage} onRotate={onRotate} onClose={onClose} />;
  }
};
