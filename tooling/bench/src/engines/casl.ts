import { createMongoAbility, type MongoAbility, subject } from '@casl/ability';
import type { Engine } from '../engine.ts';
import type { World } from '../world.ts';

const condition = (glob: string) =>
  glob.includes('*')
    ? {
        $regex: `^${glob
          .split('*')
          .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      }
    : glob;

interface CaslRequest {
  readonly action: string;
  readonly flag: ReturnType<typeof subject>;
}

/** Rules by subject type and action, as its documentation has it; exact names as equality, wildcards as `$regex`. */
export const createCasl = ({ statements }: World): Engine<CaslRequest> => {
  const rules = statements.map(({ effect, actions, project, environment, flag, tags }) => ({
    action: [...actions],
    subject: 'Flag',
    inverted: effect === 'deny',
    conditions: {
      ...(project === '*' ? {} : { project: condition(project) }),
      ...(environment === null || environment === '*' ? {} : { environment: condition(environment) }),
      ...(flag === null || flag === '*' ? {} : { flag: condition(flag) }),
      ...(tags.length === 0 ? {} : { tags: { $in: [...tags] } }),
    },
  }));
  // The last rule wins: denies stand after everything.
  const ordered = [...rules.filter(({ inverted }) => !inverted), ...rules.filter(({ inverted }) => inverted)].map(
    ({ conditions, ...rule }) => (Object.keys(conditions).length === 0 ? rule : { ...rule, conditions }),
  );
  const ability: MongoAbility = createMongoAbility(ordered);
  return {
    name: '@casl/ability',
    prepare: ({ action, project, environment, flag, tags }) => ({
      action,
      flag: subject('Flag', { project, environment, flag, tags: [...tags] }),
    }),
    decide: ({ action, flag }) => ability.can(action, flag),
  };
};
