import { createHmac, hash, randomBytes } from 'node:crypto';
import type { FindingView, Input, Output } from '@latchkey/contract';
import { mintToken } from '@latchkey/core/token';
import { createApi } from '../../src/client.ts';
import { createCachedVerify } from '../../src/verifier/cached-verify.ts';
import { data, refusal, startLatchkeyDouble } from '../latchkey-double.ts';

type PollAnswer = Output<'verify', 'poll'>;
type PollInput = Input<'verify', 'poll'>;

/** The text of a token that no Latchkey knows: its shape and its checksum are right. */
export const mint = () => {
  const crypto = {
    randomBytes: (count: number) => randomBytes(count),
    hmacSha256: (key: Uint8Array, text: string | Uint8Array) => createHmac('sha256', key).update(text).digest(),
  };
  const tagKeys = [{ id: 't', bytes: randomBytes(32) }] as const;
  return mintToken(crypto, { prefix: 'lk', kind: 'service', routingKey: '3fK', tagKeys });
};

export const INCARNATION = 'incarnation-1';
export const snapshotAt = (xmax: number) => `${xmax}:${xmax}:`;

const allowing = (action: string) => ({
  layer: 'token' as const,
  key: action,
  dialect: 'featbit' as const,
  policies: [{ name: 'token', statements: [{ effect: 'allow' as const, actions: [action], resources: ['*'] }] }],
  attributes: {},
});

export const acceptedFinding = (tokenId: string, more: object = {}): FindingView => ({
  outcome: 'accepted',
  about: { organizationId: 'acme', tokenId, ownerId: null, dependsOnPermissions: false, maxAgeMs: 60_000 },
  secretNumber: 1,
  superseded: false,
  until: null,
  addressRanges: [],
  token: { tokenId, kind: 'service', name: 'ci', organizationId: 'acme', project: null, ownerId: null },
  layers: [allowing('ToggleFlag')],
  keep: true,
  ...more,
});

export const refusedFinding = (tokenId: string): FindingView => ({
  outcome: 'refused',
  status: 401,
  about: { organizationId: 'acme', tokenId, ownerId: null, dependsOnPermissions: false, maxAgeMs: 60_000 },
});

/**
 * The far side of the port: an API node whose answers the test holds in its hands. A poll waits until the test answers it;
 * what a real node answers is shown on real processes in packages/e2e.
 */
export const startNode = async (options: { readonly rest?: () => Promise<unknown> } = {}) => {
  const node = {
    findings: new Map<string, FindingView>(),
    /** What the node has applied. */
    xmax: 100,
    lookUps: [] as number[],
    polls: [] as PollInput[],
    isDown: false,
    refusesPolls: false,
    clock: 1_000_000,
    /** How far the wall clock stands behind the other one. */
    wallLag: 0,
  };
  /** Answers of polls to come; while there is none, polls fail like those of a node that is out of reach. */
  const prepared: PollAnswer[] = [];
  let seen: () => void = () => undefined;
  const far = await startLatchkeyDouble(({ path, input }) => {
    if (node.isDown) return 'hang up';
    if (path.includes('verify.lookUp')) {
      const { tokens } = input as Input<'verify', 'lookUp'>;
      node.lookUps.push(tokens.length);
      return data({
        answers: tokens.map(({ presentedToken }) => ({
          finding: node.findings.get(presentedToken) ?? { outcome: 'unknown' },
          coherence: { incarnation: INCARNATION, snapshot: snapshotAt(node.xmax) },
        })),
      });
    }
    const next = prepared.shift();
    if (node.refusesPolls || next === undefined) return refusal(503, 'SERVICE_UNAVAILABLE');
    node.polls.push(input as PollInput);
    seen();
    return data(next);
  });

  const clocks = { monotonic: () => node.clock, wall: () => node.clock - node.wallLag };
  const failures: unknown[] = [];
  const cached = createCachedVerify({
    api: createApi({ url: far.url, credential: 'the-credential', timeoutMs: 1_000 }),
    keyOf: (text) => hash('sha256', text, 'binary'),
    onFailure: (error) => failures.push(error),
    clocks,
    ...options,
  });
  return {
    node,
    cached,
    failures,
    /** Lets one poll be answered, and resolves once it has been applied. */
    answerPoll: async (more: Partial<PollAnswer> = {}): Promise<void> => {
      const before = node.polls.length;
      const arrived = new Promise<void>((resolve) => {
        seen = resolve;
      });
      prepared.push({
        nodeId: 'node-1',
        registrationId: 'registration-1',
        coherence: { incarnation: INCARNATION, snapshot: snapshotAt(node.xmax) },
        version: 1,
        changes: [],
        reset: false,
        leaseMs: 2_000,
        now: node.clock,
        closing: false,
        ...more,
      });
      if (node.polls.length === before) await arrived;
    },
    token: () => {
      const { text, tokenId } = mint();
      node.findings.set(text, acceptedFinding(tokenId));
      return { text, tokenId };
    },
    stop: async () => {
      await cached.close();
      await far.stop();
    },
  };
};
