import {
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Engine } from '../engine.ts';
import type { World } from '../world.ts';

const SET = 'world';
const PRINCIPAL = { type: 'Member', id: 'ada' };

const like = (attribute: string, glob: string): readonly string[] =>
  glob === '*' ? [] : [`resource.${attribute} ${glob.includes('*') ? 'like' : '=='} "${glob}"`];

/** Policies parsed beforehand; a request still brings its entity, which is how the library is called. */
export const createCedar = ({ statements }: World): Engine<StatefulAuthorizationCall> => {
  const staticPolicies = statements
    .map(({ effect, actions, project, environment, flag, tags }) => {
      const conditions = [
        ...like('project', project),
        ...like('environment', environment ?? '*'),
        ...like('flag', flag ?? '*'),
        ...(tags.length === 0 ? [] : [`resource.tags.containsAny([${tags.map((tag) => `"${tag}"`).join()}])`]),
      ];
      const list = actions.map((action) => `Action::"${action}"`).join();
      const when = conditions.length === 0 ? '' : ` when { ${conditions.join(' && ')} }`;
      return `${effect === 'allow' ? 'permit' : 'forbid'}(principal, action in [${list}], resource)${when};`;
    })
    .join('\n');
  const parsed = preparsePolicySet(SET, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  return {
    name: 'cedar-wasm, preparsed',
    prepare: ({ action, project, environment, flag, tags }) => {
      const resource = { type: 'Flag', id: `${project}/${environment}/${flag}` };
      return {
        principal: PRINCIPAL,
        action: { type: 'Action', id: action },
        resource,
        context: {},
        preparsedPolicySetId: SET,
        entities: [{ uid: resource, attrs: { project, environment, flag, tags: [...tags] }, parents: [] }],
      };
    },
    decide: (call) => {
      const answer = statefulIsAuthorized(call);
      if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
      return answer.response.decision === 'allow';
    },
  };
};
