import type { Command } from 'commander';
import type { EnvPurpose, EnvResult, ServerEnv } from '../env.ts';
import { createLogger } from '../logger.ts';
import { UsageError } from './exit.ts';
import { type CommandDeps, openDeps, requireMigrated } from './open-deps.ts';

/** The process, as far as a command sees it. Data goes to `write`, everything else to `writeError`. */
export interface CommandWorld {
  readonly readEnv: (purpose: EnvPurpose) => EnvResult;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Resolves with what asked for the end. */
  readonly untilStopped: () => Promise<string>;
}

/** A subcommand with the manners of all of them. */
export const subcommand = (parent: Command, name: string, description: string): Command =>
  parent.command(name).description(description).allowExcessArguments(false);

/** @throws UsageError with every variable that is wrong, and how to make a value for it. */
export const requireEnv = (world: CommandWorld, purpose: EnvPurpose): ServerEnv => {
  const result = world.readEnv(purpose);
  if (result.ok) return result.env;
  const lines = result.problems.map(({ variable, message }) => `${variable}: ${message}`);
  throw new UsageError(`the environment is not complete.\n${lines.join('\n')}`);
};

/** Opens what a command works with, and closes it whatever happens. */
export const withDeps = async (
  world: CommandWorld,
  work: (deps: CommandDeps, env: ServerEnv) => Promise<void>,
): Promise<void> => {
  const env = requireEnv(world, 'command');
  // Standard output is for data: what a command has to say of itself goes to standard error.
  const logger = createLogger(env.logLevel === 'info' ? 'warn' : env.logLevel, { write: world.writeError });
  const { deps, close } = await openDeps(env, logger);
  try {
    await requireMigrated(deps);
    await work(deps, env);
  } finally {
    await close();
  }
};

/** One line of JSON for programs, or text for people. */
export const print = (world: CommandWorld, json: boolean | undefined, value: unknown, text: string): void =>
  world.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
