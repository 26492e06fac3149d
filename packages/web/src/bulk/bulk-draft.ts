import type { Input } from '@latchkey/contract';

export type BulkInput = Input<'tokens', 'bulk'>;
export type BulkAction = BulkInput['action'];

/** What somebody chooses tokens by, as it was typed. */
export interface BulkDraft {
  readonly action: BulkAction;
  readonly kind: '' | 'personal' | 'service';
  readonly status: '' | 'active' | 'inactive' | 'expired';
  readonly owner: string;
  readonly name: string;
  readonly unusedFor: string;
  readonly expiringWithin: string;
  readonly overPrivileged: boolean;
  readonly reason: string;
}

export const emptyBulkDraft: BulkDraft = {
  ...{ action: 'deactivate', kind: '', status: '', owner: '', name: '' },
  ...{ unusedFor: '', expiringWithin: '', overPrivileged: false, reason: '' },
};

/** Whole days as the API takes them, `null` where nothing was typed, `invalid` for anything else. */
export const readDays = (text: string): number | null | 'invalid' => {
  const typed = text.trim();
  if (typed === '') return null;
  const days = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return days >= 1 && days <= 36_500 ? days : 'invalid';
};

/** The call that the draft means; `null` while it names nothing, or something that can't be: nothing is ever widened. */
export const readBulkDraft = (draft: BulkDraft): Pick<BulkInput, 'action' | 'filter' | 'reason'> | null => {
  const unusedForDays = readDays(draft.unusedFor);
  const expiringWithinDays = readDays(draft.expiringWithin);
  if (unusedForDays === 'invalid' || expiringWithinDays === 'invalid') return null;
  const filter: BulkInput['filter'] = {
    ...(draft.kind === '' ? {} : { kind: draft.kind }),
    ...(draft.status === '' ? {} : { status: draft.status }),
    ...(draft.owner === '' ? {} : { ownerId: draft.owner }),
    ...(draft.name === '' ? {} : { nameContains: draft.name }),
    ...(unusedForDays === null ? {} : { unusedForDays }),
    ...(expiringWithinDays === null ? {} : { expiringWithinDays }),
    ...(draft.overPrivileged ? { overPrivileged: true } : {}),
  };
  if (Object.keys(filter).length === 0) return null;
  return { action: draft.action, filter, ...(draft.reason === '' ? {} : { reason: draft.reason }) };
};
