/** Milliseconds of the machine's monotonic clock: the same for all of its processes. */
export const machineNow = (): number => Number(process.hrtime.bigint()) / 1e6;
