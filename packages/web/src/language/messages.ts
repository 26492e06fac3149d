import type { Language } from './languages.ts';
import { en } from './messages/en.ts';
import { ja } from './messages/ja.ts';
import { zhCn } from './messages/zh-cn.ts';

type Widened<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Widened<T[Key]> };

/** Every message of the console. English has them all; a language that lacks one, or has one too many, does not compile. */
export type Messages = Widened<typeof en>;

export const messages = { en, 'zh-CN': zhCn, ja } as const satisfies Record<Language, Messages>;
