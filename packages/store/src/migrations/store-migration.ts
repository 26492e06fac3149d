import type { MigrationObject } from '@mikro-orm/core';
import { Migration, type Query } from '@mikro-orm/migrations';

/** A class and the name under which it is remembered as done; the name never changes. */
export type NamedMigration = Required<Pick<MigrationObject, 'name' | 'class'>>;

/** SQL as it was reviewed, and what undoes it. */
export abstract class StoreMigration extends Migration {
  // Behind a long query even a harmless ALTER TABLE would stop every later query on that table: better to give up soon.
  override getQueries(): Query[] {
    return ["set local lock_timeout = '5s'", ...super.getQueries()];
  }
}
