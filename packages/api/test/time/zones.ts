/** Zones whose clocks change: by an hour, by half an hour, with odd offsets, on both sides of the equator. */
export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
] as const;

/** Minutes east of UTC. */
const offsetAt = (zone: string, instant: number): number => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};

/** An instant as somebody in that zone writes it, with the offset that is in force there and then. */
export const writtenIn = (zone: string, instant: number): string => {
  const offset = offsetAt(zone, instant);
  const local = new Date(instant + offset * 60_000).toISOString().slice(0, -1);
  const part = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${part(Math.floor(size / 60))}:${part(size % 60)}`;
};

/** The instants of a year at which the zone's clocks are put forward (a gap) or back (an overlap). */
export const changesOf = (zone: string, year: number): readonly { readonly at: number; readonly by: number }[] => {
  const changes: { at: number; by: number }[] = [];
  const end = Date.UTC(year + 1, 0, 1);
  const step = 15 * 60_000;
  for (let at = Date.UTC(year, 0, 1); at < end; at += step) {
    const by = offsetAt(zone, at + step) - offsetAt(zone, at);
    if (by !== 0) changes.push({ at: at + step, by });
  }
  return changes;
};
