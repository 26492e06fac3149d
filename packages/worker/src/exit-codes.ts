/** What a supervisor sees. Configuration and schema don't mend themselves by a restart; the others may. */
export const exitCodes = {
  stopped: 0,
  failed: 1,
  badConfiguration: 2,
  schemaNotReady: 3,
  deadlinePassed: 4,
} as const;
