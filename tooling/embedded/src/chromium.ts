import { existsSync } from 'node:fs';
import { findProgram } from './program.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium that browser tests drive: CHROMIUM_PATH, else one on the PATH; undefined where there is none. */
export const findChromium = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const given = environment['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return existsSync(given) ? given : undefined;
  return findProgram(names, environment['PATH'] ?? '') ?? applications.find((path) => existsSync(path));
};
