import type { SealedEvent } from '@latchkey/core/audit';
import { version } from '../system/version.ts';

/** The version of the Open Cybersecurity Schema Framework that is written; a reader of another one checks it here. */
export const OCSF_VERSION = '1.2.0';

/** Identity & Access Management, and Application Activity. */
const ACCOUNT_CHANGE = { category_uid: 3, class_uid: 3001 } as const;
const AUTHENTICATION = { category_uid: 3, class_uid: 3002 } as const;
const API_ACTIVITY = { category_uid: 6, class_uid: 6003 } as const;

interface Classified {
  readonly class: typeof ACCOUNT_CHANGE | typeof AUTHENTICATION | typeof API_ACTIVITY;
  readonly activity: number;
}

/** What happens to members is an account's change; everything else is what somebody did by the API. */
const classes: Readonly<Record<string, Classified>> = {
  'member.added': { class: ACCOUNT_CHANGE, activity: 1 },
  'member.removed': { class: ACCOUNT_CHANGE, activity: 6 },
  'member.policies_set': { class: ACCOUNT_CHANGE, activity: 7 },
  'member.signed_in': { class: AUTHENTICATION, activity: 1 },
  'member.signed_out': { class: AUTHENTICATION, activity: 2 },
};

/** Create 1, Update 3, Delete 4 by the verb of the action; 99 for what is none of these. */
const activities: Readonly<Record<string, number>> = {
  issued: 1,
  created: 1,
  revoked: 4,
  removed: 4,
  renamed: 3,
  described: 3,
  permissions_changed: 3,
  extended: 3,
  activated: 3,
  deactivated: 3,
  rotated: 3,
  handed_over: 3,
  grace_period_cut: 3,
  updated: 3,
  settings_changed: 3,
};

const classify = (action: string): Classified => {
  const [, verb = ''] = action.split('.');
  return classes[action] ?? { class: API_ACTIVITY, activity: activities[verb] ?? 99 };
};

const INFORMATIONAL = 1;
const HIGH = 4;
const SUCCESS = 1;
const FAILURE = 2;

/** One OCSF event. What the framework has no attribute for stands in `unmapped`, under its own name. */
export const toOcsfEvent = (organizationId: string, { seal, event }: SealedEvent): Record<string, unknown> => {
  const action = event?.action ?? 'unknown';
  const { class: ocsfClass, activity } = classify(action);
  const failed = action.endsWith('.denied') || action === 'token.used_after_cut';
  return {
    ...ocsfClass,
    activity_id: activity,
    type_uid: ocsfClass.class_uid * 100 + activity,
    time: seal.at,
    severity_id: /emergency|tokens_stopped|used_after_cut/.test(action) ? HIGH : INFORMATIONAL,
    status_id: failed ? FAILURE : SUCCESS,
    metadata: {
      version: OCSF_VERSION,
      uid: seal.eventId,
      sequence: seal.number,
      event_code: action,
      logged_time: seal.sealedAt,
      tenant_uid: organizationId,
      product: { name: 'Latchkey', vendor_name: 'Latchkey', version },
      ...(event?.requestId == null ? {} : { correlation_uid: event.requestId }),
    },
    ...(event === null ? {} : partsOf(event, ocsfClass !== API_ACTIVITY)),
    unmapped: { ...(event === null ? { event: 'missing' } : { details: event.details }), link: seal.link },
  };
};

const partsOf = (event: NonNullable<SealedEvent['event']>, aboutAccount: boolean): Record<string, unknown> => {
  const { actor, target, action, address, client, reason } = event;
  const isPerson = actor.type === 'member';
  return {
    actor: {
      user: { uid: actor.id, type_id: isPerson ? 1 : 99, type: isPerson ? 'User' : actor.type },
      ...(actor.type === 'worker' ? { app_name: actor.id } : {}),
    },
    // Required of API activity; a worker has no address.
    src_endpoint: address === null ? { name: actor.type } : { ip: address },
    ...(client === null ? {} : { http_request: { user_agent: client } }),
    ...(reason === null ? {} : { message: reason }),
    ...(aboutAccount
      ? { user: { uid: target.id, type_id: 1 } }
      : { api: { operation: action }, resources: [{ uid: target.id, type: target.type }] }),
  };
};
