import type { z } from 'zod';
import { fail } from '../failure/cli-failure.ts';

/** The answer, checked against the contract: what is shown or saved is what is listed there, and nothing is guessed. @throws CliFailure */
export const answerOf = async <Schema extends z.ZodType>(
  schema: Schema,
  call: Promise<unknown>,
): Promise<z.output<Schema>> => {
  const parsed = schema.safeParse(await call);
  if (!parsed.success) throw fail('ANSWER_NOT_UNDERSTOOD');
  return parsed.data;
};
