import { type AsyncCommand, toStringMethod } from 'fast-check';
import type { Caller } from '../installation.ts';
import type { Actor, Model } from './model.ts';
import { actsAtAll, type Reasons } from './rules.ts';
import { codeOf, type World } from './world.ts';

/** One command of a history; it tells what it turned out to be. */
export interface Step extends AsyncCommand<Model, World> {
  readonly [toStringMethod]: () => string;
}

type Run = (model: Model, world: World, tell: (text: string) => void) => Promise<void>;

/** Every step can always be taken: one that makes no sense any more has to be refused. */
export const step = (name: string, run: Run): Step => {
  let told = '';
  const describe = () => `${name}${told === '' ? '' : ` ${told}`}`;
  return {
    check: () => true,
    run: async (model, world) => {
      told = '';
      await run(model, { ...world, step: name }, (text) => {
        told = text;
      });
    },
    toString: describe,
    [toStringMethod]: describe,
  };
};

interface Attempt<T> {
  readonly actor: Actor;
  readonly stale: boolean;
  /** The rules that the call breaks, apart from those about who acts. */
  readonly broken: Reasons;
  readonly call: (caller: Caller) => Promise<T>;
  /** What it does to the model. */
  readonly done: (result: T) => void;
  /** Judged at the door too, by what was known when the call began. */
  readonly administering?: boolean;
}

/** Does a call: it has to be done where it breaks no rule, and otherwise refused by one of those that it breaks. */
export const attempt = async <T>(
  model: Model,
  world: World,
  tell: (text: string) => void,
  { actor, stale, broken, call, done, administering = false }: Attempt<T>,
): Promise<void> => {
  const reasons = [...new Set([...actsAtAll(model, actor), ...broken])];
  const who = actor.type === 'member' ? actor.memberId : `${actor.token.tokenId}#${actor.secret.number}`;
  const expected = `by ${who}${stale ? ' (stale)' : ''}, ${reasons.length === 0 ? 'to be done' : `broken: ${reasons}`}`;
  tell(`${expected}: under way`);
  const note = (outcome: string) => {
    tell(`${expected}: ${outcome}`);
    const key = `${world.step}: ${outcome}`;
    world.outcomes.set(key, (world.outcomes.get(key) ?? 0) + 1);
  };
  let result: T;
  try {
    result = await call(await world.caller(actor, stale));
  } catch (error) {
    const code = codeOf(error);
    note(code);
    if (reasons.includes(code)) return;
    // Whoever was given more since its call began may be judged by what it had.
    if (stale && administering && code === 'NOT_ALLOWED') return;
    throw new Error(`refused with ${code}; expected: ${expected}`, { cause: error });
  }
  note('done');
  if (reasons.length > 0) throw new Error(`done; expected: ${expected}`);
  done(result);
};
