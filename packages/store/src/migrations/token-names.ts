import { StoreMigration } from './store-migration.ts';

/**
 * Names by the pieces of three characters in them, so that a rare word is found without every name being read. Ours and not
 * pg_trgm's, because each piece stands behind its organization's routing key: others' names cost a search no time
 * (TENANT-WALL), and nothing has to be installed.
 */
export class TokenNames extends StoreMigration {
  override up(): void {
    this.addSql(`create table latchkey.token_name (
        organization_id text not null,
        token_id text not null,
        name_key text not null,
        grams text[] not null,
        primary key (organization_id, token_id)
      )`);
    this.addSql(`alter table latchkey.token_name
        add constraint token_name_token foreign key (organization_id, token_id)
        references latchkey.token (organization_id, token_id) on update no action on delete cascade`);
    // Two characters are a word where characters are no letters.
    this.addSql(`create function latchkey.token_name_is_searched_fn() returns trigger as $$ begin
        if tg_op = 'UPDATE' then if new.name_key = old.name_key then return null; end if; end if;
        insert into latchkey.token_name (organization_id, token_id, name_key, grams) values (new.organization_id, new.token_id, new.name_key, array(
          select distinct left(new.token_id, 3) || substr(new.name_key, i, n)
            from generate_series(1, char_length(new.name_key) - 1) i cross join (values (2), (3)) size (n)
           where i + n - 1 <= char_length(new.name_key) and (n = 3 or octet_length(substr(new.name_key, i, 2)) > 2)))
          on conflict (organization_id, token_id) do update set name_key = excluded.name_key, grams = excluded.grams; return null;
      end; $$ language plpgsql`);
    this.addSql(`create trigger name_is_searched after insert or update on latchkey.token
        for each row execute function latchkey.token_name_is_searched_fn()`);
    this.addSql(`insert into latchkey.token_name (organization_id, token_id, name_key, grams)
        select organization_id, token_id, name_key, array(
          select distinct left(token_id, 3) || substr(name_key, i, n)
            from generate_series(1, char_length(name_key) - 1) i cross join (values (2), (3)) size (n)
           where i + n - 1 <= char_length(name_key) and (n = 3 or octet_length(substr(name_key, i, 2)) > 2))
          from latchkey.token`);
    // Nothing waits to be merged into it: what waits is read through by every search.
    this.addSql('create index token_name_by_grams on latchkey.token_name using gin (grams) with (fastupdate = off)');
  }

  override down(): void {
    this.addSql('drop trigger name_is_searched on latchkey.token');
    this.addSql('drop function latchkey.token_name_is_searched_fn');
    this.addSql('drop table latchkey.token_name');
  }
}
