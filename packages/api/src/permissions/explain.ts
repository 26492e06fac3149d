import type { Output, ParsedInput } from '@latchkey/contract';
import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import {
  createSay,
  describeExplanation,
  explainLayers,
  type LayeredExplanation,
  type ResourceName,
} from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { iso } from '../tokens/token-view.ts';
import { toRequest } from './decide-for.ts';
import { type ExplainedSubject, findSubject } from './explained-subject.ts';
import { shorten, toLayerView } from './explanation-view.ts';

/** Why a request is decided as it is, layer by layer, as data and in words. Changes nothing and counts as no use. */
export const explainPermissions = async (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'permissions', 'explain'>,
): Promise<Output<'permissions', 'explain'>> => {
  const request = toRequest(input.request, 'request');
  const now = await deps.store.now();
  const at = input.at === undefined ? undefined : readPast(input.at, now);
  const subject = await findSubject(deps, by, input, at);
  const explained = shorten(explainLayers(subject.layers, request));
  const shown = { action: request.action, resource: textOf(request.resource) };
  const { isHidden, isAdded, of } = subject;
  const described = describeExplanation(explained, shown, { language: input.language, of, isHidden, isAdded });
  return {
    at: iso(at ?? now),
    ...shown,
    ...outcomeOf(subject, explained),
    says: isStated(subject, explained) ? createSay(input.language)(`state.${subject.state}`) : described.summary,
    layers: explained.layers.map((layer, index) =>
      toLayerView(layer, described.layers[index], explained.decision, subject),
    ),
    // No permission helps against a state; its own sentence says what does.
    advice: subject.state === null || subject.state === 'unknown' ? [...described.advice] : [],
  };
};

const outcomeOf = (
  { state }: Pick<ExplainedSubject, 'state'>,
  { decision }: LayeredExplanation,
): Pick<Output<'permissions', 'explain'>, 'outcome' | 'decidedBy' | 'because'> => {
  if (state === 'idle' || state === 'late_use') return { outcome: 'deny', decidedBy: 'setting', because: null };
  if (state !== null && state !== 'unknown') return { outcome: 'deny', decidedBy: state, because: null };
  // What its permissions denied was denied whatever state it was in.
  if (decision === null || (state === 'unknown' && decision.effect === 'allow'))
    return { outcome: 'unknown', decidedBy: null, because: null };
  if (decision.effect === 'allow') return { outcome: 'allow', decidedBy: null, because: null };
  return { outcome: 'deny', decidedBy: decision.layer, because: decision.because };
};

/** Whether it is the state that says most: it refused, or nothing but it is unknown. */
const isStated = (
  subject: ExplainedSubject,
  { decision }: LayeredExplanation,
): subject is ExplainedSubject & { readonly state: NonNullable<ExplainedSubject['state']> } =>
  subject.state !== null && (subject.state !== 'unknown' || decision?.effect === 'allow');

/** @throws LatchkeyError `BAD_INPUT` for an instant that is yet to come: nobody knows what will be. */
const readPast = (text: string, now: Instant): Instant => {
  const at = Date.parse(text);
  if (at <= now) return at;
  const problem = { path: 'at', code: 'in_future', message: 'This instant is yet to come.' };
  throw new LatchkeyError('BAD_INPUT', { problems: [problem] });
};

/** Tags that the request gave in parts are left out: what decided by them says so itself. */
const textOf = (resource: string | ResourceName): string =>
  typeof resource === 'string'
    ? resource
    : resource.segments.map(({ type, key }) => (key === undefined ? type : `${type}/${key}`)).join(':');
