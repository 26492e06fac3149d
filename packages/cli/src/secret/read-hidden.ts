import { fail } from '../failure/cli-failure.ts';
import type { World } from '../world.ts';

const LONGEST = 4_096;
const ENTER = /[\r\n]/;
const INTERRUPT = '\u0003';
const END = '\u0004';
const ERASE = ['\u0008', '\u007f'];

/**
 * Reads one line from the terminal without showing it; `ask` puts the question, once nothing is shown any more.
 * @throws CliFailure where it is interrupted
 */
export const readHidden = (stdin: World['stdin'], ask: () => Promise<unknown>): Promise<string> =>
  new Promise((done, failed) => {
    let typed = '';
    const stop = () => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
    };
    const take = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        if (ENTER.test(character) || character === END) {
          stop();
          done(typed);
          return;
        }
        if (character === INTERRUPT) {
          stop();
          failed(fail('INTERRUPTED'));
          return;
        }
        if (ERASE.includes(character)) typed = typed.slice(0, -1);
        else if (typed.length < LONGEST) typed += character;
      }
    };
    // Before the question: whoever answers it at once, or pastes, would see the first characters otherwise.
    stdin.setRawMode(true);
    stdin.on('data', take);
    stdin.resume();
    void ask();
  });
