import { defineEntity, p } from '@mikro-orm/core';

export const SettingsEntity = defineEntity({
  name: 'Settings',
  tableName: 'settings',
  schema: 'latchkey',
  properties: {
    organizationId: p.text().primary(),
    /** What differs from the defaults, as JSON: a field that a release doesn't know yet is kept. */
    chosen: p.json().columnType('jsonb'),
    revision: p.integer(),
  },
  checks: [{ name: 'settings_chosen_object', expression: "jsonb_typeof(chosen) = 'object'" }],
});
