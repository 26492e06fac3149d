import { failures } from './failures.ts';
import { help } from './help.ts';
import { refusals } from './refusals.ts';
import { words } from './words.ts';

export const zhCn = { ...help, ...words, ...failures, ...refusals } as const;
