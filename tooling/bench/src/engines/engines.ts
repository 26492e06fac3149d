import type { CreateEngine } from '../engine.ts';
import { createCasbin } from './casbin.ts';
import { createCasl } from './casl.ts';
import { createCedar } from './cedar.ts';
import { createLatchkey, createLatchkeyPersonal } from './latchkey.ts';
import { createRegularExpressions } from './regular-expressions.ts';

/** Ours first: the others are put in proportion to it. */
export const engines = [
  createLatchkey,
  createLatchkeyPersonal,
  createRegularExpressions,
  createCasl,
  createCasbin,
  createCedar,
] as readonly CreateEngine[];
