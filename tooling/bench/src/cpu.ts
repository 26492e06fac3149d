/** CPU time of this thread so far, in milliseconds: other programs on the machine don't blur it. */
export const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
