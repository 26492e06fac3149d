import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));

let latchkey: Installation;
beforeAll(async () => {
  latchkey = await startInstallation();
  mkdirSync(join(folder, '.latchkey'));
  writeFileSync(join(folder, '.latchkey/demo-token'), latchkey.demoToken);
});
afterAll(async () => {
  await latchkey?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The tour's commands, each with the output that the README promises. */
const tour = [...readme.matchAll(/```sh\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  ([, commands = '', output = '']) => ({
    commands,
    output,
  }),
);

describe('README.md', () => {
  it('prints in its tour what one sees when one follows it word for word', async () => {
    expect(tour.length).toBeGreaterThanOrEqual(6);
    const mark = '\u0001';
    const script = tour.map(({ commands }) => `${commands}\nprintf '${mark}'`).join('\n');
    const here = script
      .replaceAll('http://127.0.0.1:4000', latchkey.url)
      .replaceAll('http://127.0.0.1:4100', latchkey.exampleUrl);
    const { stdout } = await promisify(execFile)('bash', ['-c', here], { cwd: folder });
    const seen = stdout.replaceAll('\r', '').split(mark).slice(0, -1);
    expect(seen.map((text) => text.trim())).toEqual(tour.map(({ output }) => output.trim()));
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(((?!http)[^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});
