import type { Engine } from '../engine.ts';
import type { World } from '../world.ts';

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\/-]/g, '\\$&');
const globSource = (glob: string) => glob.split('*').map(escaped).join('[^:;]*');

/** The naive baseline: one regular expression for each statement, made once, tried in turn. */
export const createRegularExpressions = ({ statements }: World): Engine<string> => {
  const expressions = statements.map(({ effect, actions, project, environment, flag, tags }) => {
    const tagged = tags.length === 0 ? '(?:;.*)?' : `;(?:.*,)?(?:${tags.map(escaped).join('|')})(?:,.*)?`;
    const below =
      flag === null ? '(?::.*)?' : `:env/${globSource(environment ?? '*')}:flag/${globSource(flag)}${tagged}`;
    return {
      effect,
      test: new RegExp(`^(?:${actions.map(escaped).join('|')}) project/${globSource(project)}${below}$`),
    };
  });
  const allows = expressions.filter(({ effect }) => effect === 'allow').map(({ test }) => test);
  const denies = expressions.filter(({ effect }) => effect === 'deny').map(({ test }) => test);
  return {
    name: 'regular expressions',
    prepare: ({ action, project, environment, flag, tags }) =>
      `${action} project/${project}:env/${environment}:flag/${flag}${tags.length === 0 ? '' : `;${tags}`}`,
    decide: (text) => allows.some((test) => test.test(text)) && !denies.some((test) => test.test(text)),
  };
};
