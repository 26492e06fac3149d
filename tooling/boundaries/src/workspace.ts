import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspacePackage } from './check.ts';

const readSources = (folder: string): Record<string, string> => {
  const sources: Record<string, string> = {};
  for (const part of ['src', 'test']) {
    if (!existsSync(join(folder, part))) continue;
    for (const entry of readdirSync(join(folder, part), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.[cm]?[jt]sx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      sources[path.slice(folder.length + 1).replaceAll('\\', '/')] = readFileSync(path, 'utf8');
    }
  }
  return sources;
};

/** The workspace's packages below these folders (`packages`, `tooling`), each with its manifest and its sources. */
export const readWorkspace = (root: string, folders: readonly string[]): readonly WorkspacePackage[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, 'package.json')))
      .map((entry) => {
        const path = join(root, folder, entry.name);
        return { manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')), files: readSources(path) };
      }),
  );
