import { CreateDirectory } from './create-directory.ts';

/** In the order in which they run; for `migrationsList` of the composition's one MikroORM instance. */
export const directoryMigrations = [{ name: 'host-0001-create-directory', class: CreateDirectory }] as const;
