/** PERMISSIONS: Limits. Each is named in the problem that it causes. */
export const LIMITS = {
  patternCharacters: 512,
  segments: 16,
  tagsOfSegment: 16,
  requestCharacters: 512,
  tokenStatements: 100,
  tokenBytes: 65_536,
} as const;
