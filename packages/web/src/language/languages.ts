/** The languages of the console, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文', ja: '日本語' } as const;

export type Language = keyof typeof languages;

export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(languages, text);

/** The first of the wanted locales (BCP 47) that the console speaks; English where there is none. */
export const matchLanguage = (wanted: readonly string[]): Language => {
  for (const locale of wanted) {
    const [primary = ''] = locale.toLowerCase().split('-');
    if (primary === 'en' || primary === 'ja') return primary;
    // Traditional characters are another script: its readers are better served by the next language that they asked for.
    if (primary === 'zh' && !/-(?:hant|tw|hk|mo)\b/i.test(locale)) return 'zh-CN';
  }
  return 'en';
};
