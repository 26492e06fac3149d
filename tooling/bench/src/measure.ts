/**
 * The median of several rounds, in microseconds of CPU time a call: other programs on the machine don't blur it. A round
 * lasts about `roundMs`, and at least one pass.
 */
export const measure = (pass: () => number, options: { readonly rounds: number; readonly roundMs: number }): number => {
  const round = (): number => {
    const start = cpuMicroseconds();
    let calls = 0;
    let spent = 0;
    do {
      calls += pass();
      spent = cpuMicroseconds() - start;
    } while (spent < options.roundMs * 1_000);
    return spent / calls;
  };
  // The first ones are the compiler's.
  round();
  const rounds = Array.from({ length: options.rounds }, round).sort((a, b) => a - b);
  return rounds[rounds.length >> 1] as number;
};

const cpuMicroseconds = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};
