import { describe, expect, it } from 'vitest';
import { run } from './latchkey-process.ts';

const commands = [
  '',
  'login',
  'logout',
  'whoami',
  'token',
  'token issue',
  'token list',
  'token get',
  'token rename',
  'token describe',
  'token clone',
  'token hand-over',
  'token rotate',
  'token extend',
  'token cut',
  'token right-size',
  'token activate',
  'token deactivate',
  'token revoke',
  'token bulk-deactivate',
  'token bulk-revoke',
  'token locate',
  'rotate',
  'verify',
  'can',
  'explain',
  'permissions',
  'member',
  'member list',
  'member preview-removal',
  'member removal-report',
  'settings',
  'settings get',
  'settings set',
  'audit',
  'audit list',
  'audit export',
  'audit verify',
  'system',
  'system verifiers',
  'system emergency',
  'completion',
];
const groups = ['token', 'member', 'audit', 'system', 'settings'];

describe('latchkey --help', () => {
  it.each(commands)('says what the command does, with examples: %s', async (name) => {
    const { code, out, err } = await run([...name.split(' ').filter(Boolean), '--help']);
    expect([code, err]).toEqual([0, '']);
    if (!groups.includes(name)) expect(out).toMatch(/Examples:\n {2}\S/);
    expect(out).toMatchSnapshot();
  });

  it('knows of every command that it has', async () => {
    const listed = async (name: string) => {
      const { out } = await run([...name.split(' ').filter(Boolean), '--help']);
      const [, part = ''] = out.split('Commands:\n');
      return [...(part.split('\n\n')[0] ?? '').matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, word]) =>
        `${name} ${word}`.trim(),
      );
    };
    const found = (await Promise.all(['', ...groups].map(listed))).flat();
    expect(found.sort()).toEqual(commands.filter(Boolean).sort());
  });

  it.each(['zh-CN', 'ja'])('speaks %s', async (lang) => {
    for (const name of ['', 'token rotate']) {
      expect((await run([...name.split(' ').filter(Boolean), '--help', '--lang', lang])).out).toMatchSnapshot();
    }
  });

  it('gives its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), err: '' });
  });
});
