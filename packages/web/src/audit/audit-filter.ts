import type { Input } from '@latchkey/contract';

/** As it was typed. Times are `datetime-local` texts, in the zone of this machine. */
export interface AuditFilter {
  readonly action: string;
  readonly actorId: string;
  readonly targetId: string;
  readonly from: string;
  readonly to: string;
}

export const emptyFilter: AuditFilter = { action: '', actorId: '', targetId: '', from: '', to: '' };

/** What is half typed and can't be an id or a time is left out: the API would refuse the whole list for it. */
export const toAuditInput = (filter: AuditFilter): NonNullable<Input<'audit', 'list'>> => {
  const id = (text: string) => (/^[A-Za-z0-9_-]{1,128}$/.test(text.trim()) ? text.trim() : undefined);
  const instant = (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString());
  const action = filter.action.trim().slice(0, 64);
  const given = {
    action: action === '' ? undefined : action,
    actorId: id(filter.actorId),
    targetId: id(filter.targetId),
    from: instant(filter.from),
    to: instant(filter.to),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
};
