// The first comparison that a process makes: a world as JSON on standard input, a line of JSON.
import { readFileSync } from 'node:fs';
import { covers } from '@latchkey/core/policy';
import type { createCoversWorld } from './covers-world.ts';
import { toPermissions } from './engines/latchkey.ts';

const { issuer, token } = JSON.parse(readFileSync(0, 'utf8')) as ReturnType<typeof createCoversWorld>;
const [outer, inner] = [toPermissions(issuer), toPermissions(token)];
const start = performance.now();
const { covered } = covers(outer, inner);
process.stdout.write(`${JSON.stringify({ covered, ms: performance.now() - start })}\n`);
