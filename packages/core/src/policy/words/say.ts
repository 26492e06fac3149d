import { en } from './en.ts';
import { ja } from './ja.ts';
import type { Language } from './language.ts';
import type { MessageKey, Messages, Values } from './messages.ts';
import { zhCn } from './zh-cn.ts';

/** Every message in every language, as data. */
export const words = { en, 'zh-CN': zhCn, ja } as const satisfies Record<Language, Messages>;

/** A message with its placeholders filled in; those that the English text has are asked for by the compiler. */
export type Say = <Key extends MessageKey>(key: Key, ...values: Values<Key>) => string;

export const createSay = (language: Language): Say => {
  const messages: Messages = words[language];
  return (key, ...[values]) => {
    const given: Readonly<Record<string, string | number | undefined>> = { colon: messages.colon, ...values };
    // Once over the text: what a value says in braces is no placeholder.
    return messages[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(given[name] ?? placeholder));
  };
};
