import { Document, isScalar, visit } from 'yaml';
import { escapeQuoted, isPrintable } from './escape.ts';

/** JSON whose strings hold nothing that a terminal obeys; parsed, they are what they were. */
export const toJson = (value: unknown): string => `${escapeQuoted(JSON.stringify(value, null, 2))}\n`;

/** One line of JSON, for messages to programs. */
export const toJsonLine = (value: unknown): string => `${escapeQuoted(JSON.stringify(value))}\n`;

/** YAML 1.2. Texts with characters that a terminal obeys are quoted, and those characters escaped. */
export const toYaml = (value: unknown): string => {
  const document = new Document(value);
  visit(document, (_, node) => {
    if (isScalar(node) && typeof node.value === 'string' && !isPrintable(node.value)) node.type = 'QUOTE_DOUBLE';
  });
  // Without folding, a quoted text stays on its line: nothing is escaped across a line break.
  // YAML's escape of what lies outside the basic plane is \U; two halves of \u would be two characters.
  return document
    .toString({ lineWidth: 0 })
    .replace(/[^\n]+/g, (line) => (isPrintable(line) ? line : escapeYaml(line)));
};

const escapeYaml = (line: string): string =>
  line
    .replace(/[\u{10000}-\u{10ffff}]/gu, (character) =>
      isPrintable(character) ? character : `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`,
    )
    .replace(/[^\u{10000}-\u{10ffff}]+/gu, escapeQuoted);
