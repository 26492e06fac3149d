import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const marker = '.latchkey-data';

/** Where everything of one development installation lives. */
export type DataFolder = {
  readonly path: string;
  /** Whether this start is its first. */
  readonly isNew: boolean;
};

/**
 * Opens the folder, or makes it. A folder with other things in it is refused: `--reset` empties what this function marked as ours, and
 * must never meet anything else.
 */
export const openDataFolder = (dir: string): DataFolder => {
  const path = resolve(dir);
  const entries = existsSync(path) ? readdirSync(path) : [];
  const isNew = !entries.includes(marker);
  if (isNew && entries.length > 0) {
    throw new Error(`${path} is not empty and was not made by npm start. Name another folder with --data-dir.`);
  }
  mkdirSync(path, { recursive: true });
  // Secrets in it are 0600 each. Root's PostgreSQL runs as another account and has to pass through.
  chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
  if (isNew)
    writeFileSync(join(path, marker), 'Made by npm start of Latchkey; npm start -- --reset empties this folder.\n');
  return { path, isNew };
};

/** Empties the folder but for its marker and what is named in `keep`. Nothing may run in it any more. */
export const emptyDataFolder = (folder: DataFolder, keep: readonly string[]): void => {
  if (!existsSync(join(folder.path, marker))) throw new Error(`${folder.path} was not made by npm start: not emptied.`);
  for (const name of readdirSync(folder.path)) {
    if (name !== marker && !keep.includes(name)) rmSync(join(folder.path, name), { recursive: true, force: true });
  }
};
