/**
 * The id of a catalogue's policy: `Production read-only` is `production-read-only`. The same in every organization; an
 * id names a policy only together with its organization.
 */
export const cataloguePolicyId = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
