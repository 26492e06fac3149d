// As a token stands in a log, a mail or an environment file: prefix, kind and id, whatever is left of its secret.
const TOKEN = /(?<![A-Za-z0-9])[a-z][a-z0-9]{1,9}_(?:pat|svc|sys)_([0-9A-Za-z]{16})(?![0-9A-Za-z])/;
const ID = /^[0-9A-Za-z]{16}$/;

/**
 * The public id of a token in what somebody found, `null` where there is none. SECRET-ONCE: it is cut out here, and nothing
 * else of the text leaves the page.
 */
export const foundTokenId = (text: string): string | null => {
  const found = text.trim();
  return ID.test(found) ? found : (TOKEN.exec(found)?.[1] ?? null);
};
