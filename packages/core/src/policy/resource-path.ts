import type { ResourceName } from './resource.ts';

/**
 * A resource's path for a header or a message: without tags and properties, which the asker may not be meant to know,
 * and in printable ASCII, anything else (and `%`) percent-encoded as UTF-8 (RFC 3986, section 2.1).
 */
export const resourcePath = (resource: string | ResourceName): string => {
  const path =
    typeof resource === 'string'
      ? withoutDetails(resource)
      : resource.segments.map(({ type, key }) => (key === undefined ? type : `${type}/${key}`)).join(':');
  return printable(path);
};

/** Paths alone. Braces are skipped as a whole where they close, so that no property's value is left standing. */
export const withoutDetails = (text: string): string => {
  let path = '';
  let details = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (details && character === '{' && text.includes('}', i)) i = text.indexOf('}', i);
    else if (character === ':') {
      details = false;
      path += character;
    } else if (character === ';') details = true;
    else if (!details) path += character;
  }
  return path;
};

const printable = (text: string): string =>
  text.toWellFormed().replace(/[^!-$&-~]/gu, (character) => encodeURIComponent(character));
