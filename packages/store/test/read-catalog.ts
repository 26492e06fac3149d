import pg from 'pg';

/** What was made of partitions and for them: no entity can say it. */
export const isOfPartitions = (line: string): boolean =>
  /\baudit_(?:event|seal)_(?:\d{4}_\d{2}|unsealed)\b/.test(line) || /\b(?:make|drop)_audit_partition\b/.test(line);

/** Everything that PostgreSQL knows of schema `latchkey`, one line for each thing, in order. Grants are left out. */
export const readCatalog = async (url: string, without: readonly string[] = []): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const lines: { line: string }[] = [];
    for (const text of QUERIES) lines.push(...(await client.query<{ line: string }>(text)).rows);
    return lines
      .map(({ line }) => line.replace(/\s+/g, ' ').trim())
      .filter(
        (line) =>
          !without.some((name) => line.split(/[ .]/).some((word) => word === name || word === `${name}_id_seq`)),
      )
      .sort();
  } finally {
    await client.end();
  }
};

const HERE = `n.nspname = 'latchkey'`;

const QUERIES = [
  `select format('table %s %s', c.relname, case c.relpersistence when 'u' then 'unlogged' else 'logged' end) as line
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${HERE} and c.relkind in ('r', 'p')`,
  `select format('column %s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                 case when a.attnotnull then 'not null' end, pg_get_expr(d.adbin, d.adrelid), a.attidentity) as line
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${HERE} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
  `select format('constraint %s.%s %s', c.relname, x.conname, pg_get_constraintdef(x.oid)) as line
     from pg_constraint x join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace where ${HERE}`,
  `select format('index %s', replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')) as line
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${HERE}`,
  `select format('trigger %s', pg_get_triggerdef(t.oid)) as line
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${HERE} and not t.tgisinternal`,
  `select format('function %s', pg_get_functiondef(p.oid)) as line
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${HERE}`,
  `select format('sequence %s', c.relname) as line
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${HERE} and c.relkind = 'S'`,
  `select format('type %s', t.typname) as line
     from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where ${HERE} and t.typtype not in ('c', 'b')`,
];
