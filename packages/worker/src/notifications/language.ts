export type Language = 'en' | 'zh' | 'ja';

/** BCP 47 to one of ours; English for a locale that we don't have, or that doesn't exist. */
export const languageOf = (locale: string): Language => {
  const primary = /^([A-Za-z]{2,3})(?:[-_]|$)/.exec(locale)?.[1]?.toLowerCase();
  return primary === 'zh' || primary === 'ja' ? primary : 'en';
};
