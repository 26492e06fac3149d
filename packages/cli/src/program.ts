import { createApi } from '@latchkey/client';
import { Command } from 'commander';
import { readConfig } from './config.ts';

/** The operator's tool. Data goes to `write`, which is stdout. */
export const createProgram = (version: string, write: (text: string) => void): Command => {
  const program = new Command('latchkey')
    .description('Manage access tokens from a terminal.')
    .version(version)
    .option('--url <url>', 'where Latchkey is mounted (LATCHKEY_URL)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nThe token is read from LATCHKEY_TOKEN, never from an argument.\n\nExample:\n  LATCHKEY_URL=http://127.0.0.1:4000 LATCHKEY_TOKEN=lk_pat_… latchkey whoami',
    );

  program
    .command('whoami')
    .description('print whose token this is, as JSON')
    .action(async () => {
      const { url, token } = readConfig(program.opts<{ url?: string }>());
      const who = await createApi({ url, credential: token }).self.whoami.query();
      write(`${JSON.stringify(who, null, 2)}\n`);
    });

  return program;
};
