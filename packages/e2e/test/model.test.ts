import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../docs/model/${name}`, import.meta.url)), 'utf8');

interface Runs {
  readonly configurations: readonly { readonly name: string; readonly defines: readonly string[] }[];
  readonly mutants: readonly { readonly define: string; readonly within: readonly string[] }[];
  readonly sights: readonly { readonly define: string; readonly within: readonly string[] }[];
}

const runs: Runs = JSON.parse(read('runs.json'));
const mutants = runs.mutants.map(({ define }) => define);
const sights = runs.sights.map(({ define }) => define);
const configurations = runs.configurations.map(({ name }) => name);

/** Not a switch, but set inside the model where a sight is asked for. */
const SET_INSIDE = 'SEEN';

/** What the model asks about when it is read by spin. */
const switches = () => {
  const conditions = [...read('dead-on-return.pml').matchAll(/^#(?:ifdef|ifndef|if|elif) (.*)$/gm)];
  const names = conditions.flatMap(([, condition = '']) => condition.match(/\b[A-Z][A-Z_]*\b/g) ?? []);
  return [...new Set(names)].filter((name) => name !== SET_INSIDE);
};

/** The first cells of the table under a heading of the README. */
const rowsUnder = (heading: string) => {
  const [, section = ''] = read('README.md').split(`\n## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  return [...body.matchAll(/^\| `?([^|`]+?)`? \|/gm)].map(([, cell = '']) => cell).slice(1);
};

const sorted = (names: Iterable<string>) => [...names].sort();

describe('docs/model', () => {
  it('runs every switch of the model, and none that it doesn’t have', () => {
    const used = [
      ...runs.configurations.flatMap(({ defines }) => defines),
      ...[...runs.mutants, ...runs.sights].flatMap(({ define, within }) => [define, ...within]),
    ].map((define) => define.replace(/=.*/, ''));
    expect(mutants.length).toBeGreaterThan(20);
    expect(sorted(new Set(used))).toEqual(sorted(switches()));
  });

  it('runs each mutant and each sight once, and no configuration with either', () => {
    const names = [...mutants, ...sights, ...configurations];
    expect(sorted(new Set(names))).toEqual(sorted(names));
    const switchedOff = new Set([...mutants, ...sights]);
    for (const { defines } of runs.configurations) {
      expect(defines.filter((define) => switchedOff.has(define))).toEqual([]);
    }
    expect(sights.filter((name) => !name.startsWith('SEEN_'))).toEqual([]);
    expect(mutants.filter((name) => name.startsWith('SEEN_'))).toEqual([]);
  });

  it.each([
    ['What holds', configurations],
    ['Mutants', mutants],
    ['Sights', sights],
  ])('tells under "%s" of all that is run, and of nothing else', (heading, names) => {
    expect(rowsUnder(heading)).toEqual(names);
  });
});
