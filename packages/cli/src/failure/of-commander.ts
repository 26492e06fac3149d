import type { CommanderError } from 'commander';
import { type CliFailure, fail } from './cli-failure.ts';

/** A wrong call as commander found it, as a failure of ours: its sentences are English, and quote what was typed. */
export const ofCommander = ({ code, message }: CommanderError): CliFailure => {
  const [name = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted ?? '');
  switch (code) {
    case 'commander.unknownCommand':
      return fail('UNKNOWN_COMMAND', { name });
    case 'commander.unknownOption':
      return fail('UNKNOWN_OPTION', { name });
    case 'commander.missingArgument':
      return fail('MISSING_ARGUMENT', { name });
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue':
      return fail('MISSING_VALUE', { name });
    case 'commander.excessArguments':
      return fail('EXCESS_ARGUMENTS');
    case 'commander.conflictingOption':
      return fail('OPTIONS_CONFLICT', { names: [...message.matchAll(/'([^']*)'/g)].map(([, n]) => n).join(', ') });
    case 'commander.invalidArgument': {
      // error: option '--output <format>' argument 'xml' is invalid. …
      const [, value = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted ?? '');
      return fail('VALUE_NOT_ALLOWED', { name, value });
    }
    default:
      // Such as a group of commands without a command: commander shows its help.
      return fail('COMMAND_INCOMPLETE');
  }
};
