const names = (process.env['LATCHKEY_TEST_REQUIRE'] ?? '').split(',').map((name) => name.trim());

/**
 * Says loudly what is left out for want of a part that this machine lacks, and how to get it.
 * @throws where LATCHKEY_TEST_REQUIRE names the part: nothing may be left out then
 */
export const missPart = (name: 'redis' | 'pgbouncer', what: string, how: string): void => {
  if (names.includes(name)) throw new Error(`LATCHKEY_TEST_REQUIRE names ${name}, and there is none: ${how}.`);
  process.stderr.write(`\n!!! SKIPPED: ${what}. To run it, ${how}.\n\n`);
};
