import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from './latchkey-process.ts';

const execute = promisify(execFile);
const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) scripts[shell] = (await run(['completion', shell])).out;
});

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** What bash offers behind these words; the last one may be half typed. */
const offered = async (...words: string[]): Promise<string[]> => {
  const driver = `${scripts['bash']}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_latchkey
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execute('bash', ['--norc', '-c', driver, 'bash', 'latchkey', ...words]);
  return stdout.split('\n').filter(Boolean);
};

describe('completion', () => {
  // Of these shells bash is everywhere; the others are asked where they are installed.
  it.each(['bash', 'zsh', 'fish'].filter(has))('parses: %s', async (shell) => {
    const parse = shell === 'fish' ? '--no-execute' : '-n';
    await expect(execute(shell, [parse, '-c', scripts[shell] ?? ''])).resolves.toMatchObject({ stderr: '' });
    await expect(execute(shell, [parse, '-c', 'case (']), 'a script that is broken').rejects.toThrow();
  });

  it('offers commands, options and their values, and file names where a file is wanted', async () => {
    expect(await offered('t')).toEqual(['token']);
    expect(await offered('token', 'r')).toEqual(['rename', 'rotate', 'right-size', 'revoke']);
    expect(await offered('token', 'rotate', '--c')).toEqual(['--cut-older', '--cut-when-silent']);
    expect(await offered('token', 'list', '--kind', '')).toEqual(['personal', 'service']);
    expect(await offered('token', 'list', '--kind', 'service', '--status', 're')).toEqual(['revoked']);
    expect(await offered('whoami', '--output', 'y')).toEqual(['yaml']);
    expect(await offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
    expect(await offered('login', '--file', 'to')).toEqual([]);
  });

  it.each(['bash', 'zsh', 'fish'])('knows every command: %s', (shell) => {
    for (const word of ['rotate', 'verifiers', 'permissions', 'cut-older', 'zh-CN'])
      expect(scripts[shell]).toContain(word);
  });

  it('quotes what descriptions hold', async () => {
    const { out } = await run(['completion', 'fish', '--lang', 'en']);
    expect(out).not.toMatch(/description '[^']*[^\\]'[^\n ]/);
  });
});
