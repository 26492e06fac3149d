import type { Dialect, Statement } from './policy.ts';
import { isReadByItsLists } from './statement.ts';

/**
 * The literal path that every name begins with that a statement's patterns match, told from their text alone, or `null`
 * where they don't all begin with the same one, or it takes more than a look to tell. For `notResources` there is none.
 */
export const headOf = (statement: Statement, dialect: Dialect): string | null => {
  if (!isReadByItsLists(statement, dialect)) return null;
  let head: string | null = null;
  for (const text of statement.resources ?? []) {
    const own = headOfText(text, dialect);
    if (own === null || (head !== null && head !== own)) return null;
    head = own;
  }
  return head;
};

const headOfText = (text: string, dialect: Dialect): string | null => {
  // Braces may turn out to be an attribute, or not to be read at all; then they count against the caller.
  if (text === '' || (dialect === 'launchdarkly' && text.includes('{'))) return null;
  const colon = text.indexOf(':');
  const path = colon < 0 ? text : text.slice(0, colon);
  const semicolon = path.indexOf(';');
  const head = semicolon < 0 ? path : path.slice(0, semicolon);
  return head.includes('*') ? null : head;
};
