import { LatchkeyError } from '@latchkey/core/errors';
import { type OrganizationSettings, parseAddressRanges } from '@latchkey/core/lifecycle';

/** Refuses settings that contradict themselves, every problem with its place (`BAD_INPUT`). */
export const checkSettings = (settings: OrganizationSettings): void => {
  const problems = [...lifetimeProblems(settings), ...addressProblems(settings)];
  if (problems.length > 0) throw new LatchkeyError('BAD_INPUT', { problems });
};

const lifetimeProblems = ({ maxLifetimeDays, defaultLifetimeDays }: OrganizationSettings) =>
  (['personal', 'service'] as const).flatMap((kind) => {
    const [max, unasked] = [maxLifetimeDays[kind], defaultLifetimeDays[kind]];
    if (max === null || unasked === null || unasked <= max) return [];
    const message = `At most ${max}, the longest lifetime.`;
    return [{ path: `defaultLifetimeDays.${kind}`, code: 'beyond_maximum', message }];
  });

const addressProblems = ({ addressRanges }: OrganizationSettings) => {
  const parsed = parseAddressRanges(addressRanges);
  if (parsed.ok) return [];
  return parsed.problems.map(({ path, code, message }) => ({
    path: path === '' ? 'addressRanges' : `addressRanges[${path}]`,
    code,
    message,
  }));
};
