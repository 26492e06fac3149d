import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { createFormat, type Format } from './format.ts';
import { isolateNames } from './isolate-names.ts';
import { isLanguage, type Language, matchLanguage } from './languages.ts';
import { type Messages, messages } from './messages.ts';

interface LanguageContext {
  readonly language: Language;
  /** Chosen by hand; kept in this browser, and stronger than the member's locale. */
  readonly choose: (language: Language) => void;
  readonly m: Messages;
  readonly format: Format;
}

const Context = createContext<LanguageContext | null>(null);
const KEY = 'latchkey.language';

const chosen = (): Language | null => {
  const stored = localStorage.getItem(KEY);
  return isLanguage(stored) ? stored : null;
};

/** The language is the one that was chosen here, else the member's, else the browser's. */
export const LanguageProvider = ({
  memberLocale,
  children,
}: {
  readonly memberLocale: string | null;
  readonly children: ReactNode;
}) => {
  const [picked, setPicked] = useState(chosen);
  const language = picked ?? matchLanguage(memberLocale === null ? navigator.languages : [memberLocale]);
  const choose = useCallback((next: Language) => {
    localStorage.setItem(KEY, next);
    setPicked(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () => ({ language, choose, m: isolateNames(messages[language]), format: createFormat(language) }),
    [language, choose],
  );
  return <Context value={value}>{children}</Context>;
};

export const useLanguage = (): LanguageContext => {
  const value = use(Context);
  if (value === null) throw new Error('There is no LanguageProvider above.');
  return value;
};
