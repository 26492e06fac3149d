import type { SettingsView } from '@latchkey/contract';
import type { OrganizationSettings } from '@latchkey/core/lifecycle';

/** Settings as their reader may change them. */
export const toSettingsView = (settings: OrganizationSettings): SettingsView => ({
  ...settings,
  reminderDays: [...settings.reminderDays],
  addressRanges: [...settings.addressRanges],
});
