import type { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { createLogger } from '../logger.ts';
import { type CommandWorld, print, requireEnv, subcommand } from './command-world.ts';
import { CommandFailed } from './exit.ts';
import { openDeps } from './open-deps.ts';

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

/** `latchkey-server doctor` */
export const describeDoctor = (program: Command, world: CommandWorld): void => {
  subcommand(
    program,
    'doctor',
    'Looks at everything that promises rest on, changes nothing, and says what is wrong. Ends with 1 where something is.',
  )
    .option('--json', 'print one line of JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const env = requireEnv(world, 'command');
      const { deps, close } = await openDeps(env, createLogger('silent', { write: world.writeError }));
      try {
        const findings = await examine(deps, env);
        print(world, json, { healthy: !hasFailed(findings), findings }, findings.map(line).join('\n'));
        if (hasFailed(findings)) throw new CommandFailed('Something is wrong: see FAIL above.');
      } finally {
        await close();
      }
    });
};

const hasFailed = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'fail');

const line = ({ check, level, says }: Finding): string => `${MARKS[level]}  ${check}: ${says}`;
