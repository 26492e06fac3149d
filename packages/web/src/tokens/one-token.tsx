import type { TokenView } from '@latchkey/contract';
import { Button, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLanguage } from '../language/use-language.tsx';
import { refusalOf } from '../refusals/refusal.ts';
import { useApi } from '../session/use-api.ts';
import { Empty, Loading, NotShown } from '../states/page-state.tsx';
import type { TokenDialog } from './row-menu.tsx';
import { SecretStates } from './secret-states.tsx';
import { TokenFacts } from './token-facts.tsx';
import type { TokenQuery } from './token-query.ts';
import { TokenTable } from './token-table.tsx';

const TOKEN_ID = /^[0-9A-Za-z]{16}$/;

/** The token that a mail or a notification links to: its row, its secrets with their last uses, and all that can be done. */
export const OneToken = ({
  tokenId,
  query,
  onAll,
  onOpen,
}: {
  readonly tokenId: string;
  readonly query: TokenQuery;
  readonly onAll: () => void;
  readonly onOpen: (dialog: TokenDialog, token: TokenView) => void;
}) => {
  const api = useApi();
  const { m } = useLanguage();
  const isId = TOKEN_ID.test(tokenId);
  const { data, error, refetch } = useQuery({
    queryKey: ['tokens', 'one', tokenId],
    queryFn: ({ signal }) => api.tokens.get.query({ tokenId }, { signal }),
    enabled: isId,
  });
  const all = (
    <Button variant="default" onClick={onAll}>
      {m.tokens.showAll}
    </Button>
  );
  const refusal = error === null ? null : refusalOf(error);
  if (!isId || (refusal?.type === 'refused' && refusal.code === 'NOT_FOUND')) {
    return <Empty title={m.tokens.noSuchToken} text={m.tokens.noSuchTokenText} action={all} />;
  }
  if (data === undefined && error !== null) return <NotShown error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={2} />;
  return (
    <>
      <TokenTable tokens={[data]} query={query} stale={false} onSort={() => onAll()} onOpen={onOpen} />
      <Title order={2} size="h4" mt="lg" mb="xs">
        {m.tokens.secrets}
      </Title>
      <Stack mb="lg">
        <SecretStates token={data} />
        <TokenFacts token={data} />
      </Stack>
      <div>{all}</div>
    </>
  );
};
