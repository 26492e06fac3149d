import fc from 'fast-check';
import { expect } from 'vitest';
import { type ActorChoice, actorOf, anActor, aTarget, HOUR, type TargetChoice, targetOf } from './choose.ts';
import { askPowers } from './dialects.ts';
import { type Model, type ModelToken, newestOf, organizationOf, powersOfToken, sees, verdictOf } from './model.ts';
import { tellPowers } from './powers.ts';
import { actsAtAll } from './rules.ts';
import { type Step, step } from './step.ts';
import type { World } from './world.ts';

/** Time goes on: by some hours, or to just before, at and just after the next end that there is. */
const timePasses = (by: { readonly ms: number } | { readonly toNextEnd: number }): Step =>
  step('time passes', async (model, world, tell) => {
    const ends = model.tokens
      .flatMap(({ expiresAt, secrets }) => [expiresAt, ...secrets.map(({ acceptedUntil }) => acceptedUntil)])
      .filter((end) => end !== null && end > model.now) as number[];
    const next = Math.min(...ends);
    if ('ms' in by) model.now += by.ms;
    else if (Number.isFinite(next)) model.now = Math.max(model.now, next + by.toNextEnd);
    tell(`to ${new Date(model.now).toISOString()}`);
    await world.setClock(model.now);
  });

/** Every secret that there ever was of a token, presented; and what the newest may do. */
export const compareToken = async (model: Model, { installation, caller }: World, token: ModelToken): Promise<void> => {
  for (const secret of token.secrets) {
    const expected = verdictOf(model, token, secret);
    const found = await installation.verifier([token.organizationId]).verify.verify({ presentedToken: secret.text });
    const got = found.accepted ? 'accepted' : found.status === 401 ? 401 : found.reason;
    expect([token.tokenId, secret.number, got]).toEqual([token.tokenId, secret.number, expected]);
  }
  const secret = newestOf(token);
  if (verdictOf(model, token, secret) !== 'accepted') return;
  const actor = { type: 'token', organizationId: token.organizationId, token, secret } as const;
  const { dialect } = organizationOf(model, token.organizationId);
  const { permissions } = token;
  const ownerId = permissions.type === 'frozen' ? permissions.issuerId : token.ownerId;
  const powers = await askPowers(await caller(actor, false), dialect, ownerId);
  expect([token.tokenId, tellPowers(powers)]).toEqual([token.tokenId, tellPowers(powersOfToken(model, token))]);
};

const present = (target: TargetChoice): Step =>
  step('present', async (model, world, tell) => {
    const token = targetOf(model, target);
    if (token === null) return;
    tell(token.tokenId);
    await compareToken(model, world, token);
  });

/** What a list shows is what may be seen, and no more (NO-SELF-HELP, TENANT-WALL). */
const list = ({ target, who }: { readonly target: TargetChoice; readonly who: ActorChoice }): Step =>
  step('list', async (model, world, tell) => {
    const actor = actorOf(model, target.organization, targetOf(model, target), who);
    if (actsAtAll(model, actor).length > 0) return;
    const { items } = await (await world.caller(actor, false)).tokens.list({ limit: 200 });
    const expected = model.tokens.filter((token) => token.state !== 'revoked' && sees(model, actor, token));
    tell(`by ${actor.type}`);
    expect(items.map(({ tokenId }) => tokenId).sort()).toEqual(expected.map(({ tokenId }) => tokenId).sort());
  });

/** At the end nothing stands otherwise than the model has it, of neither organization. */
export const compareAll = async (model: Model, world: World): Promise<void> => {
  const organizationIds = model.organizations.map(({ organizationId }) => organizationId);
  const rows = await world.installation.sql<{ tokenId: string; state: string; expiresAt: number | null }>(
    `select token_id as "tokenId", state, (date_part('epoch', expires_at) * 1000)::float8 as "expiresAt"
       from latchkey.token where organization_id in (?, ?) order by 1`,
    organizationIds,
  );
  const expected = model.tokens.map(({ tokenId, state, expiresAt }) => ({ tokenId, state, expiresAt }));
  expect(rows).toEqual(expected.sort((a, b) => (a.tokenId < b.tokenId ? -1 : 1)));
  for (const token of model.tokens) await compareToken(model, world, token);
};

/** What looks on and changes nothing; and time, which asks nobody. */
export const watchSteps: fc.Arbitrary<Step>[] = [
  fc
    .oneof(
      fc.constantFrom(1, HOUR, 24 * HOUR).map((ms) => ({ ms })),
      fc.constantFrom(-1, 0, 1).map((toNextEnd) => ({ toNextEnd })),
    )
    .map(timePasses),
  aTarget.map(present),
  fc.record({ target: aTarget, who: anActor }).map(list),
];
