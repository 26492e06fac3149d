import { expect, it } from 'vitest';
import { answerQuestions, SEEDS } from './covers-questions.ts';

// Of what they say, the oracles judge whether it is right (covers.oracle, covers.z3). This keeps it the same: on every machine,
// in every release. A change that is meant, a shorter counterexample or an earlier end, is looked at and written anew
// by `pnpm vitest run covers-answers --update`.
const STEP = 10;
const firsts = Array.from({ length: SEEDS / STEP }, (_, index) => 1 + index * STEP);

it.each(firsts)(
  'covers and diffPermissions answer what they answered in the last release, from seed %i',
  async (first) => {
    await expect(answerQuestions(first, first + STEP - 1)).toMatchFileSnapshot(
      `../vectors/covers-answers/${first}.txt`,
    );
  },
);
