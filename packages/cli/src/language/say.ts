import type { LatchkeyErrorShape } from '@latchkey/client';
import type { FailureCode } from '../failure/cli-failure.ts';
import { en } from './en/messages.ts';
import { ja } from './ja/messages.ts';
import type { Language } from './languages.ts';
import { zhCn } from './zh-cn/messages.ts';

type English = typeof en;
export type MessageKey = keyof English;

/** Every message of one language: a missing one, or one too many, does not compile. */
export type Messages = { readonly [Key in MessageKey]: string };

/** Every code of the API and of the CLI has its sentence, in every language. */
type Sentences = { readonly [Code in LatchkeyErrorShape['data']['code'] | FailureCode]: string };

const messages = { en, 'zh-CN': zhCn, ja } as const satisfies Record<Language, Messages & Sentences>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a message has to be given; nothing where it names nothing. */
export type Values<Key extends MessageKey> = [Placeholders<English[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<English[Key]>, string | number>>];

/** The message with its placeholders filled in; those that the English text has are asked for by the compiler. */
export type Say = <Key extends MessageKey>(key: Key, ...values: Values<Key>) => string;

export const createSay =
  (language: Language): Say =>
  (key, ...[values]) =>
    fill(messages[language][key], values ?? {});

/** Puts values where `{name}` stands. A placeholder without a value stays as it is. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));

export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(en, key);
