export const outputFormats = ['table', 'json', 'yaml'] as const;

export type OutputFormat = (typeof outputFormats)[number];

export const isOutputFormat = (text: unknown): text is OutputFormat => outputFormats.some((format) => format === text);
