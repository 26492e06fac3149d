/** The audit event that records who had personal data erased from which events: `details.eventIds`. */
export const ERASURE_ACTION = 'organization.personal_data_erased';

/** What an erasure's details name. */
export const erasedEventIds = (details: Readonly<Record<string, unknown>>): readonly unknown[] => {
  const { eventIds } = details;
  return Array.isArray(eventIds) ? eventIds : [];
};
