import { registerHooks } from 'node:module';
import type { Patch } from './mutants.ts';

/**
 * Loaded before a program that runs from its sources: replaces text in them. So a rule can be taken away, or a statement
 * made slow, in a real process, and production code has no switch for it.
 */
const patches = JSON.parse(process.env['COHERENCE_PATCHES'] ?? '[]') as readonly Patch[];

registerHooks({
  load: (url, context, nextLoad) => {
    const wanted = patches.filter(({ file }) => url.endsWith(file));
    const loaded = nextLoad(url, context);
    if (wanted.length === 0) return loaded;
    let source = String(loaded.source);
    for (const { file, find, replace } of wanted) {
      // A mutant of what is no longer there would prove nothing.
      if (!source.includes(find)) throw new Error(`${file} does not hold what a mutant replaces: ${find}`);
      source = source.replace(find, () => replace);
    }
    return { ...loaded, source };
  },
});
