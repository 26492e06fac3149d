import { readFileSync } from 'node:fs';

export interface Usage {
  readonly cpuMs: number;
  /** Resident, now. */
  readonly megabytes: number;
}

/** `USER_HZ`, which Linux has fixed at 100 for programs. */
const MS_FOR_EACH_TICK = 10;

/** Processor time of all threads of a process and its memory, as Linux counts them (proc(5)). */
export const usageOf = (pid: number): Usage => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything: fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { cpuMs: (user + system) * MS_FOR_EACH_TICK, megabytes: Math.round(Number(kilobytes) / 1_024) };
};
