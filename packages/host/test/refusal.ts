import { DirectoryRefusal } from '../src/index.ts';

/** The reason of a refusal; another error is a surprise and passes, and so does no error at all. */
export const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof DirectoryRefusal) return error.reason;
    throw error;
  }
  return 'was not refused';
};
