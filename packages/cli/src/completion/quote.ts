/** A word that the shells bash and zsh take as it is. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same for fish, which reads backslashes between single quotes. */
export const quoteForFish = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
