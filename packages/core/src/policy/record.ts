/** Whether unknown input is an object whose keys can be asked for. Ask for own keys only: it may bring a prototype. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
