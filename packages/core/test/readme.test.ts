import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

it("the README's example is the program beside this test, and prints what its comments say", async () => {
  const example = read('./readme-example.ts');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('./readme-example.ts');
  const promised = [...example.matchAll(/^console\.log\(.*\); \/\/ (\w+)/gm)].map(([, value]) => value);
  expect(print.mock.calls.map(([value]) => String(value))).toEqual(promised);
  expect(promised).toHaveLength(4);
});
