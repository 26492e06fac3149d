import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One digest over the names and contents of files; a file that is missing counts too.
 *
 * @param {readonly string[]} files
 * @param {readonly string[]} [facts] what matters beside the files, versions for instance
 */
export const fingerprintFiles = (files, facts = []) => {
  const hash = createHash('sha256');
  for (const fact of facts) hash.update(`fact ${fact}\n`);
  for (const file of [...files].sort()) {
    let content = 'missing';
    try {
      content = createHash('sha256').update(readFileSync(file)).digest('hex');
    } catch {
      // Its absence is part of the fingerprint.
    }
    hash.update(`${file} ${content}\n`);
  }
  return hash.digest('hex');
};

/** @param {string} path @returns {string | undefined} */
export const readStamp = (path) => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/**
 * Written last and in one step: a preparation that was killed leaves no stamp and is done again.
 *
 * @param {string} path @param {string} content
 */
export const writeStamp = (path, content) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, `${content}\n`);
  renameSync(`${path}.${process.pid}`, path);
};
