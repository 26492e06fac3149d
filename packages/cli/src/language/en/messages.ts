import { failures } from './failures.ts';
import { help } from './help.ts';
import { refusals } from './refusals.ts';
import { words } from './words.ts';

export const en = { ...help, ...words, ...failures, ...refusals } as const;
