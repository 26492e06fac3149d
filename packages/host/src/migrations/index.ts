import type { MigrationObject } from '@mikro-orm/core';
import { CreateDirectory } from './create-directory.ts';

export { type DirectoryGrant, directoryGrants } from './grants.ts';

/** In the order in which they run; for `migrationsList` of the composition's one MikroORM instance. Names never change. */
export const directoryMigrations: readonly Required<Pick<MigrationObject, 'name' | 'class'>>[] = [
  { name: 'host-0001-create-directory', class: CreateDirectory },
];
