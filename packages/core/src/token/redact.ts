// One character of a token as it stands in plain text, percent-encoded (once or more) or escaped in JSON.
const CHARACTER = String.raw`(?:[0-9a-z]|%(?:25)*(?:3\d|[46][1-9a-f]|[57][0-9a])|\\+u00(?:3\d|[46][1-9a-f]|[57][0-9a]))`;
const UNDERSCORE = String.raw`(?:_|%(?:25)*5f|\\+u005f)`;

// What source code, logs and mail put into the middle of a long text: two quotes with a joining sign, or a line break.
const QUOTE = String.raw`\\{0,4}["'\x60]`;
// Each joint can be read in one way only: two ways to split its white space would multiply with every joint.
const JOINT = String.raw`(?:${QUOTE}\s{0,20}(?:[+.&,]\s{0,20})?${QUOTE}|[=\\]?\r?\n[ \t>|]{0,20})`;

// Prefix, kind and id are kept; then the secret: 49 characters, broken or not, or what is left of one that was cut.
// Case is ignored: a token in capitals is none, but most of its secret can be read from it.
const TOKEN = new RegExp(
  `([a-z][a-z0-9]{1,9}${UNDERSCORE}(?:pat|svc|sys)${UNDERSCORE}${CHARACTER}{16}${UNDERSCORE})` +
    `(?:${CHARACTER}(?:${JOINT}?${CHARACTER}){48}|${CHARACTER})${CHARACTER}*`,
  'gi',
);

/**
 * The text with the secret of everything that looks like a token replaced by `[redacted]`; kind and id stay readable.
 * Of any prefix: whoever writes a log seldom knows which ones the installation accepts. Linear in the text's length.
 *
 * It can't see a secret without its token id before it, nor one inside base64 or compression. It is the last net, not
 * the rule: no code hands a secret to a log in the first place (SECRET-ONCE).
 */
export const redactTokens = (text: string): string => text.replace(TOKEN, '$1[redacted]');

// What a person can't see between two characters.
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Whether somebody pasted a token, whole or cut, into a text that will be stored and shown. Full-width forms and
 * invisible characters don't hide it. A redacted token, or a bare token id, is none.
 */
export const containsToken = (text: string): boolean => {
  const plain = text.normalize('NFKC').replace(INVISIBLE, '');
  return plain.search(TOKEN) >= 0 || text.search(TOKEN) >= 0;
};
