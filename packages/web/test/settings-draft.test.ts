import { expect, it } from 'vitest';
import { toDraft, toSettings } from '../src/settings/settings-draft.ts';

const settings = {
  expiryDemanded: { personal: true, service: false },
  maxLifetimeDays: { personal: 90, service: null },
  defaultLifetimeDays: { personal: 30, service: null },
  maxGraceMs: 5_400_000,
  rotationAgeDays: null,
  reminderDays: [30, 7, 1],
  idleDays: 60,
  addressRanges: ['192.0.2.0/24', '2001:db8::/32'],
  lateUse: 'deactivate',
  maxTokens: { ofMember: 0, ofOrganization: 500 },
  told: { owner: true, administrators: false },
  auditKeptDays: 730,
} as const;

it('settings that are shown and saved as they stand are the same settings', () => {
  expect(toSettings(toDraft(settings as never))).toEqual(settings);
});

it('an empty field is no limit, and never zero', () => {
  const { idleDays, maxTokens } = toSettings({ ...toDraft(settings as never), idle: ' ', ofMember: '' });
  expect([idleDays, maxTokens.ofMember]).toEqual([null, null]);
});

it('what is no number becomes no limit by no way: it is sent as what the API refuses', () => {
  const typed = { ...toDraft(settings as never), idle: 'soon', ofMember: '1e999', graceHours: '', reminders: '7, x' };
  const sent = JSON.parse(JSON.stringify(toSettings(typed)));
  expect([sent.idleDays, sent.maxTokens.ofMember, sent.maxGraceMs < 0, sent.reminderDays]).toEqual([
    -1,
    -1,
    true,
    [7, -1],
  ]);
});
