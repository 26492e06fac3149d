import type { OpenStore, TokenPage } from '@latchkey/store';
import { type Ask, listTokens } from '@latchkey/store/lists';
import type pg from 'pg';
import { type Depth, DIRECTIONS, FILTERS, findPositions, SORTS } from './cases.ts';
import { ORGANIZATION } from './seed.ts';

export interface MeasuredPage {
  readonly filter: string;
  readonly sort: TokenPage['sort'];
  readonly direction: TokenPage['direction'];
  readonly depth: Depth;
  readonly rowCount: number;
  /** Whether it ended before it was full, and says from where to go on. */
  readonly goesOn: boolean;
  /** Each of the repetitions, in milliseconds, the rows' way into the process included. */
  readonly ms: readonly number[];
}

export interface Explained {
  readonly of: string;
  readonly plan: string;
}

/** One row more than the console shows: whether there is a next page. */
const LIMIT = 51;

/** Every filter in every order at every depth, as the API asks for it; and how PostgreSQL went about it, in the middle. */
export const measureLists = async (
  store: OpenStore,
  client: pg.Client,
  { repetitions, say }: { readonly repetitions: number; readonly say: (what: string) => void },
): Promise<{ readonly pages: readonly MeasuredPage[]; readonly plans: readonly Explained[] }> => {
  const pages: MeasuredPage[] = [];
  const plans: Explained[] = [];
  const now = await store.now();
  for (const sort of SORTS) {
    const positions = await findPositions(client, sort);
    for (const [name, filter] of Object.entries(FILTERS)) {
      for (const direction of DIRECTIONS) {
        for (const [depth, after] of positions) {
          const page: TokenPage = {
            filter,
            sort,
            direction,
            limit: LIMIT,
            now,
            ...(after === undefined ? {} : { after }),
          };
          const ms: number[] = [];
          // Once without a watch: what nobody has looked at for long comes from the disk.
          let found = await store.tokens.listSome(ORGANIZATION, page);
          for (let time = 0; time < repetitions; time += 1) {
            const before = performance.now();
            found = await store.tokens.listSome(ORGANIZATION, page);
            ms.push(Math.round((performance.now() - before) * 100) / 100);
          }
          const { tokens, goOn } = found;
          pages.push({ filter: name, sort, direction, depth, rowCount: tokens.length, goesOn: goOn !== null, ms });
          if (depth === 'middle') plans.push(...(await explain(client, `${name}, by ${sort} ${direction}`, page)));
        }
      }
      say(`${sort}: ${name}`);
    }
  }
  return { pages, plans };
};

const explain = async (client: pg.Client, of: string, page: TokenPage): Promise<readonly Explained[]> => {
  const explained: Explained[] = [];
  const ask: Ask = async <Row extends object>(text: string, values: readonly unknown[]) => {
    // Without times, which differ from run to run; what was read and thrown away is what a plan is judged by.
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers, costs off, timing off, summary off) ${text}`,
      [...values],
    );
    const part = explained.length === 0 ? '' : `, statement ${explained.length + 1}`;
    explained.push({ of: `${of}${part}`, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
    return (await client.query<Row>(text, [...values])).rows;
  };
  await listTokens(ask, ORGANIZATION, page);
  return explained;
};
