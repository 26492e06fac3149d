const two = (number: number): string => String(number).padStart(2, '0');

/**
 * An instant (RFC 3339) as a person reads it: the machine's own time to the minute, with its zone, such as
 * `2027-01-31 09:30 +09:00`. The same in every language, and rows sort by it.
 */
export const showInstant = (instant: string): string => {
  const date = new Date(instant);
  const ahead = -date.getTimezoneOffset();
  const zone = `${ahead < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())} ${zone}`;
};
