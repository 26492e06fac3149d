import type { Output, ParsedInput } from '@latchkey/contract';
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
  const subject = await findSubject(deps, by, input);
  const explained = shorten(explainLayers(subject.layers, request));
  const shown = { action: request.action, resource: textOf(request.resource) };
  const { isHidden, isAdded, of } = subject;
  const described = describeExplanation(explained, shown, { language: input.language, of, isHidden, isAdded });
  const { state } = subject;
  return {
    at: iso(await deps.store.now()),
    ...shown,
    ...outcomeOf(subject, explained),
    says: state === null ? described.summary : createSay(input.language)(`state.${state}`),
    layers: explained.layers.map((layer, index) =>
      toLayerView(layer, described.layers[index], explained.decision, subject),
    ),
    // No permission helps against a state; its own sentence says what does.
    advice: state === null ? [...described.advice] : [],
  };
};

const outcomeOf = (
  { state }: Pick<ExplainedSubject, 'state'>,
  { decision }: LayeredExplanation,
): Pick<Output<'permissions', 'explain'>, 'outcome' | 'decidedBy' | 'because'> => {
  if (state !== null) return { outcome: 'deny', decidedBy: state, because: null };
  if (decision === null) return { outcome: 'unknown', decidedBy: null, because: null };
  if (decision.effect === 'allow') return { outcome: 'allow', decidedBy: null, because: null };
  return { outcome: 'deny', decidedBy: decision.layer, because: decision.because };
};

/** Tags that the request gave in parts are left out: what decided by them says so itself. */
const textOf = (resource: string | ResourceName): string =>
  typeof resource === 'string'
    ? resource
    : resource.segments.map(({ type, key }) => (key === undefined ? type : `${type}/${key}`)).join(':');
