import { createCounted } from '../../counted.ts';

const counted = createCounted('en');

/** What is done to many tokens, to one that was found, and to the two secrets of one. */
export const life = {
  bulk: {
    open: 'Stop many',
    title: 'Stop many access tokens',
    intro: 'Choose what they have in common, look at the list, then stop them all.',
    back: 'All access tokens',
    action: 'What to do',
    actions: {
      deactivate: 'Deactivate: until somebody activates them again',
      revoke: 'Remove: for good',
    },
    unusedFor: 'Unused for so many days',
    expiringWithin: 'Expiring within so many days',
    days: 'Write a number of days from 1 to 36500.',
    overPrivileged: 'With more than their owner or issuer has by now',
    overPrivilegedText:
      'Personal tokens that name what their owner no longer has, and service tokens that whoever issued them no longer covers.',
    reason: 'Reason, for the audit trail',
    needsFilter: 'Choose at least one filter: without any it would be all of them.',
    list: 'List what would be hit',
    listing: (count: number) => counted(count, { one: 'Listing: # token so far', other: 'Listing: # tokens so far' }),
    table: 'Tokens that would be hit',
    owner: 'Owner',
    exceeds: 'Has too much',
    found: (count: number) => counted(count, { one: '# token would be hit', other: '# tokens would be hit' }),
    none: 'No token fits that you may stop.',
    usedLately: (count: number) =>
      counted(count, {
        one: '# of them was used within the last 7 days: something will break.',
        other: '# of them were used within the last 7 days: something will break.',
      }),
    skipped: (count: number) =>
      counted(count, {
        one: '# token fits that you may not stop; it is left out.',
        other: '# tokens fit that you may not stop; they are left out.',
      }),
    undecided: (count: number) =>
      counted(count, {
        one: 'Of # token it could not be decided whether it has too much; it is left out.',
        other: 'Of # tokens it could not be decided whether they have too much; they are left out.',
      }),
    confirm: (count: number) => `Type ${count} to confirm`,
    submit: {
      deactivate: (count: number) => counted(count, { one: 'Deactivate # token', other: 'Deactivate # tokens' }),
      revoke: (count: number) => counted(count, { one: 'Remove # token for good', other: 'Remove # tokens for good' }),
    },
    working: (done: string, total: string) => `${done} of ${total}`,
    pause: 'Stop after this step',
    report: 'Report',
    done: (count: number) =>
      counted(count, {
        one: '# token is stopped: nothing accepts it any more.',
        other: '# tokens are stopped: nothing accepts them any more.',
      }),
    left: (count: number) =>
      counted(count, {
        one: '# was used or changed meanwhile and was left.',
        other: '# were used or changed meanwhile and were left.',
      }),
    unfinished: 'Not all of it is done',
    unfinishedText: 'What was done stays done. Go on with the rest, or choose again.',
    goOn: 'Go on',
    again: 'Choose again',
    csv: 'Download as CSV',
    outcome: 'Outcome',
    outcomes: { would_stop: 'would be stopped', stopped: 'stopped', left: 'left' },
  },
  locate: {
    open: 'Identify a found token',
    title: 'Identify a found token',
    text: 'Paste what was found: a whole token, one that was cut short, or the line that it stood in. Only its ID leaves this page.',
    field: 'What was found',
    submit: 'Identify',
    nothing: 'There is no access token in this text.',
    owner: 'Owner',
    removed: (name: string) => `${name} (no longer a member)`,
    deactivate: 'Deactivate it now',
    details: 'Show its details',
    another: 'Another one',
  },
  removal: {
    open: 'Report of the removal',
    title: (name: string) => `Report of the removal of ${name}`,
    notYet: 'There is no report yet. It is written once all tokens have ended, seconds after the removal.',
    at: (when: string, by: string) => `All was done by ${when}. Removed by ${by}.`,
    ended: (count: number) => counted(count, { one: '# personal token ended', other: '# personal tokens ended' }),
    goingOn: (count: number) => counted(count, { one: '# service token goes on', other: '# service tokens go on' }),
    takenOver: (tokenId: string) => `taken over by ${tokenId}`,
  },
  why: {
    open: 'Explain',
    title: (name: string) => `Why ${name} may or may not`,
    action: 'Action',
    resource: 'Resource',
    at: 'At an instant in the past',
    address: 'Presented from the address',
    hint: 'Last 4 characters',
    submit: 'Explain',
    outcomes: { allow: 'Allowed', deny: 'Refused', unknown: 'Not known' },
  },
  secrets: {
    details: 'Details',
    newest: (hint: string) => `Newest secret, ends in ${hint}`,
    older: (hint: string) => `Older secret, ends in ${hint}`,
    since: (when: string) => `Issued ${when}.`,
    neverUsed: 'Never used yet.',
    lastUse: (parts: string) => `Last use: ${parts}.`,
    from: (address: string) => `from ${address}`,
    by: (client: string) => `by ${client}`,
    until: (local: string, utc: string) => `Accepted until ${local} (${utc}).`,
    early: (duration: string) =>
      `It ends early, once the newest one is in use and this one has been silent for ${duration}.`,
    stillUsed: 'The older secret is still in use',
    stillUsedText: (when: string) =>
      `It is refused ${when}. Give the newest one to whatever still presents it, or it will break.`,
    silent: 'The older secret has not been used since the newest one is in use.',
    addresses: 'Accepted from',
    anyAddress: 'any address',
    expires: 'Expires',
    expiresAt: (local: string, utc: string) => `${local} (${utc})`,
    minutes: (count: number) => counted(count, { one: '# minute', other: '# minutes' }),
    earlyLabel: 'End that early, once the new secret is in use and the present one silent for',
    earlyNo: 'Not early',
  },
} as const;
