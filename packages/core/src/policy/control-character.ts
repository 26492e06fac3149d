/** C0, DEL and C1: they print as nothing and end up in headers and logs. `code` is a UTF-16 code unit. */
export const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code <= 0x9f);
