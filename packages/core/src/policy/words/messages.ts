import type { en } from './en.ts';

export type MessageKey = keyof typeof en;

/** Every message of one language: a missing one, or one too many, does not compile. */
export type Messages = { readonly [Key in MessageKey]: string };

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What a message has to be given; the colon is the language's own. */
export type Values<Key extends MessageKey> = [Exclude<Placeholders<(typeof en)[Key]>, 'colon'>] extends [never]
  ? []
  : [values: Readonly<Record<Exclude<Placeholders<(typeof en)[Key]>, 'colon'>, string | number>>];
