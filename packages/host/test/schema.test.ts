import { createDatabase } from '@latchkey/embedded';
import '@latchkey/embedded/vitest-setup';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { connect } from './open-directory.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const emptyDatabase = async (): Promise<MikroORM> => {
  const database = await createDatabase(inject('postgresUrl'), 'host_schema');
  const orm = connect(database.url);
  open.push({ close: () => orm.close().then(database.drop) });
  return orm;
};

/** Everything of the schema that PostgreSQL itself can say in words, in a fixed order. */
const describeSchema = async (orm: MikroORM): Promise<readonly string[]> => {
  const rows = await orm.em.fork().execute<{ line: string }[]>(`
    select format('column %s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  case when a.attnotnull then 'not null' else 'null' end, coll.collname,
                  pg_get_expr(d.adbin, d.adrelid)) as line
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'iam'::regnamespace
      left join pg_collation coll on coll.oid = a.attcollation
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attnum > 0 and not a.attisdropped
    union all
    select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace = 'iam'::regnamespace
    union all
    select indexdef from pg_indexes where schemaname = 'iam'
    union all
    select pg_get_triggerdef(t.oid) || regexp_replace(p.prosrc, '\\s+', ' ', 'g')
      from pg_trigger t
      join pg_proc p on p.oid = t.tgfoid
     where not t.tgisinternal and p.pronamespace = 'iam'::regnamespace`);
  return rows.map((row) => row.line).toSorted();
};

describe('the schema iam', () => {
  test('made from the entities is the schema that the migrations make', async () => {
    const [fresh, migrated] = [await emptyDatabase(), await emptyDatabase()];
    await fresh.schema.create();
    await migrated.migrator.up();
    const lines = await describeSchema(migrated);
    expect(lines.filter((line) => line.startsWith('column '))).toHaveLength(38);
    expect(lines.filter((line) => line.startsWith('CREATE TRIGGER '))).toHaveLength(3);
    expect(lines).toEqual(await describeSchema(fresh));
    expect(await migrated.schema.getUpdateSchemaSQL({ schema: 'iam', safe: false })).toBe('');
  });

  test('every down undoes its up: nothing of it is left, and it can be made again', async () => {
    const orm = await emptyDatabase();
    const schemas = async () =>
      orm.em.fork().execute("select nspname from pg_namespace where nspname !~ '^pg_' order by nspname");
    const before = await schemas();
    await orm.migrator.up();
    const made = await describeSchema(orm);
    await orm.migrator.down({ to: 0 });
    expect(await schemas()).toEqual(before);
    await orm.migrator.up();
    expect(await describeSchema(orm)).toEqual(made);
  });

  test('every key begins with the organization', async () => {
    const orm = await emptyDatabase();
    await orm.migrator.up();
    const keys = await orm.em.fork().execute<{ name: string; first: string }[]>(`
      select i.indexrelid::regclass::text as name, a.attname as first
        from pg_index i
        join pg_class c on c.oid = i.indrelid and c.relnamespace = 'iam'::regnamespace
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]`);
    expect(keys.length).toBeGreaterThanOrEqual(8);
    expect(keys.filter((key) => key.first !== 'organization_id')).toEqual([]);
  });
});
