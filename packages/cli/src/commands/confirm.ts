import { createInterface } from 'node:readline';
import { fail } from '../failure/cli-failure.ts';
import type { Work } from './kit.ts';

/** Asks before what can't be undone. Where nobody can be asked, `--yes` has to have been said. @throws CliFailure */
export const confirm = async (work: Work, said: boolean, question: () => Promise<string>): Promise<void> => {
  if (said) return;
  const { desk, world, say } = work;
  if (!desk.interactive) throw fail('CONFIRMATION_NEEDED');
  await desk.ask(`${await question()} [${say('yes')}/${say('no')}] `);
  const answer = (await readLine(world.stdin)).trim().toLowerCase();
  // `y` and `yes` are understood everywhere; whatever is not a yes is a no.
  if (!['y', 'yes', say('yes').toLowerCase()].includes(answer)) throw fail('DECLINED');
};

const readLine = (stdin: NodeJS.ReadStream): Promise<string> =>
  new Promise((done, failed) => {
    const lines = createInterface({ input: stdin, terminal: false });
    const interrupted = () => {
      failed(fail('INTERRUPTED'));
      lines.close();
    };
    process.once('SIGINT', interrupted);
    lines.once('line', (line) => {
      done(line);
      lines.close();
    });
    // An end without a line is no yes either; after a line it changes nothing any more.
    lines.once('close', () => {
      process.off('SIGINT', interrupted);
      stdin.pause();
      done('');
    });
  });
