import type { SettingsView } from '@latchkey/contract';

/** Settings as they are typed: numbers as text, an empty one for "no limit". */
export interface SettingsDraft {
  readonly expiryPersonal: boolean;
  readonly expiryService: boolean;
  readonly maxPersonal: string;
  readonly maxService: string;
  readonly usualPersonal: string;
  readonly usualService: string;
  readonly graceHours: string;
  readonly rotationAge: string;
  readonly reminders: string;
  readonly idle: string;
  readonly addresses: string;
  readonly deactivateOnLateUse: boolean;
  readonly ofMember: string;
  readonly ofOrganization: string;
  readonly tellOwner: boolean;
  readonly tellAdministrators: boolean;
  readonly auditKept: string;
}

const HOUR_MS = 3_600_000;

const textOf = (value: number | null): string => (value === null ? '' : String(value));
// As JSON what is no number would be null, and so no limit: it is sent as one that the API refuses, and says so.
const REFUSED = -1;

const countOf = (text: string): number => {
  const count = text.trim() === '' ? REFUSED : Number(text);
  return Number.isFinite(count) ? count : REFUSED;
};

const numberOf = (text: string): number | null => (text.trim() === '' ? null : countOf(text));
const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '');

export const toDraft = (settings: SettingsView): SettingsDraft => ({
  expiryPersonal: settings.expiryDemanded.personal,
  expiryService: settings.expiryDemanded.service,
  maxPersonal: textOf(settings.maxLifetimeDays.personal),
  maxService: textOf(settings.maxLifetimeDays.service),
  usualPersonal: textOf(settings.defaultLifetimeDays.personal),
  usualService: textOf(settings.defaultLifetimeDays.service),
  graceHours: String(settings.maxGraceMs / HOUR_MS),
  rotationAge: textOf(settings.rotationAgeDays),
  reminders: settings.reminderDays.join(', '),
  idle: textOf(settings.idleDays),
  addresses: settings.addressRanges.join('\n'),
  deactivateOnLateUse: settings.lateUse === 'deactivate',
  ofMember: textOf(settings.maxTokens.ofMember),
  ofOrganization: textOf(settings.maxTokens.ofOrganization),
  tellOwner: settings.told.owner,
  tellAdministrators: settings.told.administrators,
  auditKept: textOf(settings.auditKeptDays),
});

export const toSettings = (draft: SettingsDraft): SettingsView => ({
  expiryDemanded: { personal: draft.expiryPersonal, service: draft.expiryService },
  maxLifetimeDays: { personal: numberOf(draft.maxPersonal), service: numberOf(draft.maxService) },
  defaultLifetimeDays: { personal: numberOf(draft.usualPersonal), service: numberOf(draft.usualService) },
  maxGraceMs: Math.round(countOf(draft.graceHours) * HOUR_MS),
  rotationAgeDays: numberOf(draft.rotationAge),
  reminderDays: listOf(draft.reminders).map(countOf),
  idleDays: numberOf(draft.idle),
  addressRanges: listOf(draft.addresses),
  lateUse: draft.deactivateOnLateUse ? 'deactivate' : 'record',
  maxTokens: { ofMember: numberOf(draft.ofMember), ofOrganization: numberOf(draft.ofOrganization) },
  told: { owner: draft.tellOwner, administrators: draft.tellAdministrators },
  auditKeptDays: numberOf(draft.auditKept),
});
