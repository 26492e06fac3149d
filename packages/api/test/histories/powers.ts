import type { Caller } from '../installation.ts';

/**
 * What may be allowed in a history, each a bit: concrete requests that no two statements of a history share, and `rest` for
 * everything else there is. A permission set is a number, and whether one covers another is a matter of arithmetic.
 */
export const POWER = {
  toggleDev: 1,
  toggleProd: 2,
  deleteDev: 4,
  copyDev: 8,
  administer: 16,
  list: 32,
  personal: 64,
  service: 128,
  rest: 256,
} as const;
export type Power = keyof typeof POWER;
export type Powers = number;

export const EVERYTHING: Powers = 511;
/** No wildcard gives a token these (NO-SELF-HELP). */
export const MANAGING: Powers = POWER.list | POWER.personal | POWER.service;
/** What the catalogue withholds from service tokens. */
export const WITHHELD: Powers = MANAGING | POWER.copyDev;

/** What statements can name; `rest` comes with a wildcard only. */
export const NAMED = [
  'toggleDev',
  'toggleProd',
  'deleteDev',
  'copyDev',
  'administer',
  'list',
  'personal',
  'service',
] as const;

/** A policy's text, or a token's own statements. */
export interface Text {
  readonly allow: Powers;
  readonly deny: Powers;
  /** Beside it `*` on `*`. */
  readonly wildcard: boolean;
}

export const covered = (outer: Powers, inner: Powers): boolean => (inner & ~outer) === 0;

/** featbit: pooled; one deny anywhere refuses. `wildcards` is what a wildcard gives. */
export const pooled = (texts: readonly Text[], wildcards: Powers = EVERYTHING): Powers =>
  allowsOf(texts, wildcards) & ~texts.reduce((sofar, { deny }) => sofar | deny, 0);

export const allowsOf = (texts: readonly Text[], wildcards: Powers = EVERYTHING): Powers =>
  texts.reduce((sofar, { allow, wildcard }) => sofar | allow | (wildcard ? wildcards : 0), 0);

const flag = (action: string, env: string) => ({
  resourceType: 'flag',
  action,
  resource: `project/shop:env/${env}:flag/*`,
  example: `project/shop:env/${env}:flag/checkout`,
});
const tokens = (action: string) => ({
  resourceType: 'access-token',
  action,
  resource: 'access-token/*',
  example: 'access-token/any',
});

const MEANINGS = {
  toggleDev: flag('ToggleFlag', 'dev'),
  toggleProd: flag('ToggleFlag', 'prod'),
  deleteDev: flag('DeleteFlag', 'dev'),
  copyDev: flag('CopyFlagTo', 'dev'),
  administer: { resourceType: 'iam', action: 'CanManageIAM', resource: 'iam/*', example: 'iam/any' },
  list: tokens('ListAccessTokens'),
  personal: tokens('ManagePersonalAccessTokens'),
  service: tokens('ManageServiceAccessTokens'),
  rest: { resourceType: 'env', action: 'DeleteEnv', resource: 'project/*:env/*', example: 'project/shop:env/dev' },
} as const satisfies Record<Power, object>;

const namesIn = (powers: Powers) => NAMED.filter((name) => (powers & POWER[name]) !== 0);

/** A text as the API takes it. */
export const statementsOf = ({ allow, deny, wildcard }: Text): Record<string, unknown>[] => {
  const say = (effect: string, powers: Powers) =>
    namesIn(powers).map((name) => {
      const { resourceType, action, resource } = MEANINGS[name];
      return { effect, resourceType, actions: [action], resources: [resource] };
    });
  const all = { effect: 'allow', resourceType: '*', actions: ['*'], resources: ['*'] };
  return [...say('allow', allow), ...say('deny', deny), ...(wildcard ? [all] : [])];
};

/** What whoever calls may do, as it is told by the API. */
export const askPowers = async (caller: Caller): Promise<Powers> => {
  const names = Object.keys(POWER) as Power[];
  const requests = names.map((name) => ({ action: MEANINGS[name].action, resource: MEANINGS[name].example }));
  const { decisions } = await caller.permissions.decide({ requests });
  return names.reduce(
    (sofar, name, index) => sofar | (decisions[index]?.decision.effect === 'allow' ? POWER[name] : 0),
    0,
  );
};

export const tellPowers = (powers: Powers): string =>
  (Object.keys(POWER) as Power[]).filter((name) => (powers & POWER[name]) !== 0).join('+') || 'nothing';
