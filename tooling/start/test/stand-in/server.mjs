// Stands in for latchkey-server: the same commands and the same words, without what they do.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const environment = process.env;
const [command, ...args] = process.argv.slice(2);
const folder = environment['LATCHKEY_DATA_DIR'] ?? '';
const state = join(folder, 'stand-in.json');
/** @param {string} name */
const option = (name) => args[args.indexOf(name) + 1] ?? '';

if (environment['LATCHKEY_STAND_IN_FAILS'] === command) {
  process.stderr.write(`stand-in: ${command} can not work\n`);
  process.exit(1);
}
if (command === 'migrate') {
  for (const name of ['DATABASE_ADMIN_URL', 'LATCHKEY_API_DB_PASSWORD', 'LATCHKEY_WORKER_DB_PASSWORD']) {
    if (!environment[name]) throw new Error(`${name} is missing`);
  }
} else if (command === 'init') {
  const first = !existsSync(state);
  if (first) writeFileSync(state, JSON.stringify({ made: Date.now() }));
  const member = { id: 'owner', name: 'Olivia', email: 'olivia@acme.example', role: 'Owner' };
  const organization = { id: 'acme', name: 'Acme', dialect: 'featbit', members: [member, { ...member, id: 'dev' }] };
  const token = first ? { demoToken: 'lk_pat_canary-of-the-stand-in' } : {};
  process.stdout.write(JSON.stringify({ organizations: [organization], made: readFileSync(state, 'utf8'), ...token }));
} else if (command === 'credential') {
  writeFileSync(option('--save'), 'lk_ver_stand-in', { mode: 0o600 });
} else if (command === 'sign-in-link') {
  /** @param {string} memberId */
  const link = (memberId) => ({
    organizationId: 'acme',
    memberId,
    url: `${environment['LATCHKEY_PUBLIC_URL']}/sign-in#acme.${memberId}`,
  });
  const all = args.includes('--all');
  process.stdout.write(JSON.stringify(all ? ['owner', 'dev'].map(link) : link(option('--member'))));
} else if (command === 'serve') {
  if (environment['DATABASE_ADMIN_URL']) throw new Error('The server must not get the privileged URL.');
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(Number(environment['LATCHKEY_PORT']), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
}
