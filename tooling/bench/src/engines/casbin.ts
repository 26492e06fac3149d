import { type Enforcer, newEnforcer, newModelFromString } from 'casbin';
import type { Engine } from '../engine.ts';
import type { World, WorldRequest } from '../world.ts';

const MODEL = `
[request_definition]
r = action, project, environment, flag, tags

[policy_definition]
p = actions, project, environment, flag, tags, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = listed(r.action, p.actions) && glob(r.project, p.project) && glob(r.environment, p.environment) && glob(r.flag, p.flag) && tagged(r.tags, p.tags)
`;

/** Its matcher functions are kept quick: what a policy's text means is worked out once. */
const createFunctions = () => {
  const lists = new Map<string, ReadonlySet<string>>();
  const globs = new Map<string, RegExp>();
  const listOf = (text: string) => {
    let list = lists.get(text);
    if (list === undefined) {
      list = new Set(text.split('|'));
      lists.set(text, list);
    }
    return list;
  };
  return {
    listed: (action: string, actions: string) => listOf(actions).has(action),
    glob: (text: string, glob: string) => {
      if (glob === '*' || glob === text) return true;
      if (!glob.includes('*')) return false;
      let expression = globs.get(glob);
      if (expression === undefined) {
        expression = new RegExp(`^${glob.split('*').join('.*')}$`);
        globs.set(glob, expression);
      }
      return expression.test(text);
    },
    tagged: (tags: string, wanted: string) => wanted === '*' || tags.split('|').some((tag) => listOf(wanted).has(tag)),
  };
};

export const createCasbin = async ({ statements }: World): Promise<Engine<WorldRequest>> => {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(MODEL));
  const { listed, glob, tagged } = createFunctions();
  await enforcer.addFunction('listed', listed);
  await enforcer.addFunction('glob', glob);
  await enforcer.addFunction('tagged', tagged);
  const rules = statements.map(({ effect, actions, project, environment, flag, tags }) => [
    actions.join('|'),
    project,
    environment ?? '*',
    flag ?? '*',
    tags.length === 0 ? '*' : tags.join('|'),
    effect,
  ]);
  // One by one would be refused for a repeated rule, and compares each with all others.
  const policy = enforcer.getModel().model.get('p')?.get('p');
  if (policy === undefined) throw new Error('The model has no policy definition.');
  policy.policy.push(...rules);
  return {
    name: 'casbin',
    prepare: (request) => request,
    decide: ({ action, project, environment, flag, tags }) =>
      enforcer.enforceSync(action, project, environment, flag, tags.join('|')),
  };
};
