import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { tokenText } from './token-text.ts';
import { TOKEN_ID, tokenView } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
  far.on('tokens.get', () => ({ data: tokenView({ secrets: [] }) }));
});
afterAll(() => far.stop());

const NOT_FOUND = {
  en: 'There is no such thing here, or you may not see it.',
  'zh-CN': '此处没有该对象，或者您无权查看。',
  ja: '該当するものがないか、閲覧が許されていません。',
};
const spoken = async (args: readonly string[], given: Readonly<Record<string, string>>) =>
  errorOf(await run(['whoami', ...args], { ...variables, ...given })).message;

describe('the language', () => {
  it('is the flag’s, else the variable’s, else the locale’s, else English', async () => {
    const { en, ja, 'zh-CN': zh } = NOT_FOUND;
    expect(await spoken([], {})).toBe(en);
    expect(await spoken([], { LANG: 'ja_JP.UTF-8' })).toBe(ja);
    expect(await spoken([], { LANG: 'zh_CN.UTF-8' })).toBe(zh);
    expect(await spoken([], { LANG: 'zh_TW.UTF-8' })).toBe(en);
    expect(await spoken([], { LANG: 'ja_JP.UTF-8', LC_ALL: 'C' })).toBe(en);
    expect(await spoken([], { LANG: 'ja_JP.UTF-8', LATCHKEY_LANG: 'zh-CN' })).toBe(zh);
    expect(await spoken(['--lang', 'ja'], { LATCHKEY_LANG: 'zh-CN' })).toBe(ja);
    expect(await spoken(['--lang=ja'], {})).toBe(ja);
    expect(errorOf(await run(['whoami'], { ...variables, LATCHKEY_LANG: 'tlh' })).code).toBe('VALUE_NOT_ALLOWED');
    expect(errorOf(await run(['whoami'], { ...variables, LATCHKEY_OUTPUT: 'xml' })).code).toBe('VALUE_NOT_ALLOWED');
  });

  it.each(['en', 'zh-CN', 'ja'])('is spoken in tables, in errors and in what to do: %s', async (lang) => {
    const shown = await runInTerminal(['token', 'get', TOKEN_ID, '--lang', lang], { ...variables, NO_COLOR: '1' });
    expect(shown.text).toMatchSnapshot();
    const failed = await runInTerminal(['token', 'rotate', TOKEN_ID, '--show', '--lang', lang], {
      ...variables,
      NO_COLOR: '1',
    });
    expect(failed.text).toMatchSnapshot();
    const usage = await run(['token', 'get', '--lang', lang, '--output', 'table'], variables);
    expect(usage.err).toMatchSnapshot();
  });
});
