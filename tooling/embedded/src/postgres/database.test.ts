import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { cloneTemplate, createDatabase, createTemplate } from './database.ts';

const serverUrl = inject('postgresUrl');

const query = async (url: string, text: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe('databases for tests', () => {
  test('a clone has the content of its template and shares nothing with another clone', async () => {
    const template = await createTemplate(serverUrl, 'embedded-clone', (url) =>
      query(url, 'CREATE TABLE note AS SELECT 1 AS id'),
    );
    const [one, two] = await Promise.all([cloneTemplate(template), cloneTemplate(template)]);
    await query(one.url, 'INSERT INTO note VALUES (2)');
    expect(await query(one.url, 'SELECT id FROM note ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await query(two.url, 'SELECT id FROM note')).toEqual([{ id: 1 }]);
  });

  test('a template is prepared once, however many ask for it at the same time', async () => {
    let prepared = 0;
    const prepare = async (url: string) => {
      prepared += 1;
      await query(url, 'CREATE TABLE once (id integer)');
    };
    const asked = await Promise.all(
      Array.from({ length: 5 }, () => createTemplate(serverUrl, 'embedded-once', prepare)),
    );
    expect(prepared).toBe(1);
    expect(new Set(asked.map((template) => template.name))).toEqual(new Set(['embedded-once']));
  });

  test('a template whose preparation failed is made again from nothing', async () => {
    const broken = async (url: string) => {
      await query(url, 'CREATE TABLE half (id integer)');
      throw new Error('killed in the middle');
    };
    await expect(createTemplate(serverUrl, 'embedded-half', broken)).rejects.toThrow('killed in the middle');
    const template = await createTemplate(serverUrl, 'embedded-half', (url) =>
      query(url, 'CREATE TABLE half (id integer)'),
    );
    const database = await cloneTemplate(template);
    expect(await query(database.url, 'SELECT * FROM half')).toEqual([]);
  });

  test('a database is dropped although a test forgot a connection', async () => {
    const database = await createDatabase(serverUrl, 'embedded_forgotten');
    const forgotten = new pg.Client({ connectionString: database.url });
    const cut = new Promise((resolve) => forgotten.on('error', resolve));
    await forgotten.connect();
    await database.drop();
    await cut;
    expect(await query(serverUrl, `SELECT 1 FROM pg_database WHERE datname = '${database.name}'`)).toEqual([]);
  });
});
