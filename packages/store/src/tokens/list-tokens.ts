import { nameKey } from '@latchkey/core/lifecycle';
import { gramsOf } from './grams.ts';
import { type EndOfSteps, limitOf, listQuery, type Path, partsOf, patternOf } from './list-query.ts';
import { groupByToken } from './rows-by-token.ts';
import type { TokenWithSecrets } from './token-record.ts';
import type { TokenPage, TokenRows } from './token-repository.ts';
import type { SecretSummaryRow, TokenRow } from './token-rows.ts';

/** Asks the database; somebody who wants to know how it goes about it may put a word before the statement. */
export type Ask = <Row extends object>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Rows that a search for a frequent word looks at before it gives what it has found (BOUNDED-WORK). */
const STEPS = 2_000;

/** How a word is weighed: in so many names, drawn at random because ids are random; so many of them make it frequent: one in 250. */
const SAMPLE = 4_000;
const FREQUENT = 16;

/**
 * A page of tokens. One that searches names may have fewer rows than it was asked for, and `goOn` then says from where
 * there may be more. The few names that hold a rare word are found by its pieces and sorted; a frequent one is met soon on
 * a walk along the order of the page. Which of the two it is, and not what PostgreSQL supposes, decides: a walk for a rare
 * word reads every name, and to sort those with a frequent one takes as long.
 */
export const listTokens = async (ask: Ask, organizationId: string, page: TokenPage): Promise<TokenRows> => {
  const path = await choosePath(ask, organizationId, page);
  const limit = limitOf(page);
  const tokens: TokenWithSecrets[] = [];
  for (const part of partsOf(page)) {
    const query = listQuery(organizationId, page, part, path, limit - tokens.length);
    const rows = await ask<Row>(query.text, query.values);
    tokens.push(...groupByToken(rows.filter(hasToken)));
    if (tokens.length >= limit) break;
    const { end_value: value = null, end_token_id: tokenId = null } = rows[0] ?? {};
    if (tokenId !== null) return { tokens, goOn: { value, tokenId } };
  }
  return { tokens, goOn: null };
};

type Row = Partial<TokenRow> & Partial<SecretSummaryRow> & EndOfSteps;

const hasToken = (row: Row): row is TokenRow & Row => typeof row.token_id === 'string';

const choosePath = async (ask: Ask, organizationId: string, { filter }: TokenPage): Promise<Path> => {
  const pattern = patternOf(filter);
  if (pattern === null) return { type: 'walk' };
  const grams = gramsOf(nameKey(filter.nameContains ?? ''));
  if (grams.length === 0) return { type: 'steps', steps: STEPS };
  const [weighed] = await ask<{ readonly routing_key: string; readonly count: number }>(
    `select o.routing_key, (
        select count(*)::int from (
          select n.name_key from latchkey.token_name n where n.organization_id = $1 order by n.token_id limit ${SAMPLE}
        ) sample where name_key like $2
      ) as count from latchkey.organization o where o.organization_id = $1`,
    [organizationId, pattern],
  );
  const { routing_key = '', count = 0 } = weighed ?? {};
  if (count >= FREQUENT) return { type: 'steps', steps: STEPS };
  return { type: 'names', grams: grams.map((gram) => `${routing_key}${gram}`) };
};
