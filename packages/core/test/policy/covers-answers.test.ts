import { expect, it } from 'vitest';
import { answerQuestions } from './covers-questions.ts';

// Of what they say, the oracles judge whether it is right (covers.oracle, covers.z3). This keeps it the same: on every machine,
// in every release. A change that is meant, a shorter counterexample or an earlier end, is looked at and written anew
// by `pnpm vitest run covers-answers --update`.
it('covers and diffPermissions answer what they answered in the last release', async () => {
  await expect(answerQuestions()).toMatchFileSnapshot('../vectors/covers-answers.txt');
});
