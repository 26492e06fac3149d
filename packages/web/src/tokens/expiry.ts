/** How somebody has said when a token ends: a preset, or an instant in a zone of their choice. */
export interface ExpiryDraft {
  readonly preset: 'never' | '7' | '30' | '90' | '365' | 'custom';
  /** As `datetime-local` writes it, such as `2027-01-31T09:30`; without a zone. */
  readonly local: string;
  readonly zone: 'own' | 'utc';
}

export const DEFAULT_EXPIRY: ExpiryDraft = { preset: '90', local: '', zone: 'own' };

const DAY_MS = 86_400_000;

/** The instant in UTC, `null` for none, `invalid` where what was written is no time that lies ahead. */
export const expiryInstant = (draft: ExpiryDraft, now: number): string | null | 'invalid' => {
  if (draft.preset === 'never') return null;
  if (draft.preset !== 'custom') return new Date(now + Number(draft.preset) * DAY_MS).toISOString();
  // Without a `Z` the text is read in the zone of this machine: exactly what `own` means.
  const instant = Date.parse(draft.zone === 'utc' ? `${draft.local}Z` : draft.local);
  return instant > now ? new Date(instant).toISOString() : 'invalid';
};
