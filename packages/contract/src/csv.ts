/**
 * One record of CSV (RFC 4180, without its line end). Every field is quoted; what a spreadsheet would take for a formula
 * (OWASP, "CSV Injection") begins with an apostrophe: also behind blanks, which some of them skip, and in full width, which
 * some of them fold.
 */
export const toCsvRecord = (fields: readonly (string | null)[]): string =>
  fields.map((field) => toField(field ?? '')).join(',');

const toField = (text: string): string => {
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
};

const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
