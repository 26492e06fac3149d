export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** What one runner left behind: how it ended, and its report where it wrote one. */
export type RunnerEnd = {
  readonly name: string;
  readonly exit: number | NodeJS.Signals;
  /** Text of the JSON report; undefined where the runner died before it wrote one. */
  readonly report: string | undefined;
};

export type RunnerCounts = Counts & {
  /** Why more counts as failed than the report's tests do. */
  readonly problem?: string;
};

type Report = {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

const readReport = (text: string): Report | undefined => {
  try {
    const report = JSON.parse(text) as Partial<Report>;
    return Array.isArray(report.testResults) ? (report as Report) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Counts one runner's tests. A file that failed without a failed test (it could not be loaded, a hook threw), a runner that ended in
 * failure without saying of what, and one that left no report each count as a failure: nothing may vanish from the sum.
 */
export const countRunner = ({ exit, report }: RunnerEnd): RunnerCounts => {
  const read = report === undefined ? undefined : readReport(report);
  if (read === undefined) return { passed: 0, failed: 1, skipped: 0, problem: `ended with ${exit} and left no report` };
  const statuses = read.testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const count = (...wanted: readonly string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const passed = count('passed');
  const failedTests = count('failed');
  const brokenFiles = read.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const counts = { passed, failed: failedTests + brokenFiles, skipped: statuses.length - passed - failedTests };
  if (exit !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, problem: `ended with ${exit} although no test failed` };
  }
  return brokenFiles > 0 ? { ...counts, problem: `${brokenFiles} test file(s) failed outside any test` } : counts;
};

export const addCounts = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});

/** The last line of a run, alone on it: scripts read it. */
export const formatCounts = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** A run in which nothing ran proves nothing. */
export const isSuccess = ({ passed, failed }: Counts): boolean => failed === 0 && passed > 0;
