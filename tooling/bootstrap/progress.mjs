/**
 * One line for each step, with the time that it took. On a terminal the line moves while the step runs; elsewhere it is plain text
 * that a log can keep.
 *
 * @typedef {{
 *   step: <T>(name: string, work: (say: (detail: string) => void) => T | Promise<T>) => Promise<T>,
 *   say: (line: string) => void,
 * }} Progress
 */

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** @param {number} milliseconds */
export const formatDuration = (milliseconds) =>
  milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;

/**
 * @param {{ stream?: NodeJS.WriteStream, environment?: NodeJS.ProcessEnv, now?: () => number }} [options]
 * @returns {Progress}
 */
export const createProgress = ({
  stream = process.stderr,
  environment = process.env,
  now = () => performance.now(),
} = {}) => {
  const isTerminal = stream.isTTY === true && environment['TERM'] !== 'dumb' && environment['CI'] === undefined;
  const hasColor = isTerminal && environment['NO_COLOR'] === undefined;
  /** @param {number} code @param {string} text */
  const paint = (code, text) => (hasColor ? `\u001b[${code}m${text}\u001b[0m` : text);
  /** @param {string} line */
  const rewrite = (line) => stream.write(`\r\u001b[2K${line}`);

  return {
    say: (line) => stream.write(`${line}\n`),
    step: async (name, work) => {
      const began = now();
      const took = () => formatDuration(now() - began);
      let detail = '';
      let frame = 0;
      const draw = () => {
        frame = (frame + 1) % frames.length;
        rewrite(`${paint(36, frames[frame] ?? '')} ${name}${detail === '' ? '' : `: ${detail}`} ${paint(2, took())}`);
      };
      const timer = isTerminal ? setInterval(draw, 100) : undefined;
      /** @param {string} text */
      const say = (text) => {
        detail = text;
        if (!isTerminal) stream.write(`  ${name}: ${text}\n`);
      };
      /** @param {string} mark */
      const end = (mark) => {
        clearInterval(timer);
        const line = `${mark} ${name}${detail === '' || !isTerminal ? '' : `: ${detail}`} ${paint(2, took())}`;
        if (isTerminal) rewrite(`${line}\n`);
        else stream.write(`${line}\n`);
      };
      try {
        const result = await work(say);
        end(paint(32, '✓'));
        return result;
      } catch (error) {
        end(paint(31, '✗'));
        throw error;
      }
    },
  };
};
