/** Exit codes are part of the interface: scripts branch on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  signIn: 4,
  denied: 5,
  /** Somebody else was faster, or the organization's policy is against it. */
  conflict: 6,
  /** What a shell gives to a program that an interrupt (Ctrl-C) has ended: 128 and the signal's number. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
