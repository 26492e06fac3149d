import type { Language } from './languages.ts';

type Forms = { readonly other: string } & { readonly [Category in Intl.LDMLPluralRule]?: string };

/** Picks the plural form that the language has for a number, and puts the number, as it writes it, where `#` stands. */
export const createCounted = (language: Language) => {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count: number, forms: Forms): string =>
    (forms[rules.select(count)] ?? forms.other).replaceAll('#', number.format(count));
};
