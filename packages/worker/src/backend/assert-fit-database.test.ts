import { expect, it } from 'vitest';
import { assertFitDatabase } from './assert-fit-database.ts';
import { UnfitBackend } from './job-backend.ts';

it('a database that is too old, or a standby, is refused with what is wrong, and any other is not', () => {
  expect(() => assertFitDatabase({ version: 150_000, inRecovery: false })).not.toThrow();
  expect(() => assertFitDatabase({ version: 149_010, inRecovery: false })).toThrow(UnfitBackend);
  expect(() => assertFitDatabase({ version: 149_010, inRecovery: false })).toThrow(/15 or newer is needed, this is 14/);
  expect(() => assertFitDatabase({ version: 180_000, inRecovery: true })).toThrow(/standby.*primary/);
});
