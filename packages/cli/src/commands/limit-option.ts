import { InvalidArgumentError, Option } from 'commander';
import type { Say } from '../language/say.ts';

/** `--limit`, of every list: all pages where it is left out. */
export const limitOption = (say: Say): Option =>
  new Option('--limit <count>', say('help.limit')).argParser((text) => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('');
    return Number(text);
  });
