import type { HostFixture } from './fixture.ts';
import type { Runner } from './runner.ts';

/** One guarantee of the port, and how to see it kept. */
export interface ConformanceCase {
  readonly guarantee: string;
  readonly show: (fixture: HostFixture, expect: Runner['expect']) => Promise<void>;
}

export const statements = {
  toggle: [{ effect: 'allow', actions: ['ToggleFlag'], resources: ['project/*:env/*:flag/*'], resourceType: 'flag' }],
  rename: [
    { effect: 'allow', actions: ['UpdateFlagName'], resources: ['project/*:env/*:flag/*'], resourceType: 'flag' },
  ],
} as const;

/** Revisions grow; they are numbers in text. */
export const grew = (before: string, after: string): boolean => BigInt(after) > BigInt(before);

/** The error that this ends with, or `undefined`. */
export const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
};
