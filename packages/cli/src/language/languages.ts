/** The languages of the CLI, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文', ja: '日本語' } as const;

export type Language = keyof typeof languages;

export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(languages, text);

/** The language of a POSIX locale, such as `ja_JP.UTF-8`; English where it is none of ours. */
export const languageOfLocale = (locale: string | null): Language => {
  const [name = ''] = (locale ?? '').toLowerCase().split('.');
  if (/^ja(?:_|$)/.test(name)) return 'ja';
  // Taiwan, Hong Kong and Macao read traditional characters: English serves them better than another script.
  if (/^zh(?:_|$)/.test(name) && !/^zh_(?:tw|hk|mo|hant)/.test(name)) return 'zh-CN';
  return 'en';
};
