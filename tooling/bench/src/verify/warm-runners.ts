import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createLatchkeyClient } from '@latchkey/client';
import { decideLayers } from '@latchkey/core/policy';
import type { End, Kind, Setting } from './measure-warm.ts';
import { startNode } from './node.ts';
import { inFlight } from './race.ts';
import { ORIGIN, REQUEST } from './world.ts';

export interface Runner {
  /** What it takes to remember all of the tokens, by the process's heap. */
  readonly heapBytes: number;
  /** Whether it trusts its memory. */
  readonly isReady: () => boolean;
  readonly pass: (texts: readonly string[]) => Promise<void>;
  /** Throws where something was looked up that had been seen before. */
  readonly end: (invalid: readonly string[]) => Promise<End>;
}

export const createRunner = (kind: Kind, setting: Setting): Promise<Runner> => RUNNERS[kind](setting);

export const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\n');

const keyOf = (text: string) => hash('sha256', text, 'base64');

const heapUsed = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const RUNNERS: Record<Kind, (setting: Setting) => Promise<Runner>> = {
  sha: async () => ({
    heapBytes: 0,
    isReady: () => true,
    pass: inTurns((text) => keyOf(text) !== ''),
    end: async () => NOTHING_ASKED,
  }),

  map: async ({ validFile }) => {
    const valid = linesOf(validFile);
    const before = heapUsed();
    const map = new Map(valid.map((text, index) => [keyOf(text), { id: index }]));
    return {
      heapBytes: heapUsed() - before,
      isReady: () => true,
      pass: inTurns((text) => map.get(keyOf(text)) !== undefined),
      end: async () => NOTHING_ASKED,
    };
  },

  node: async (setting) => {
    const valid = linesOf(setting.validFile);
    const node = await startNode(setting);
    const { verifier } = node.verifying;
    const before = heapUsed();
    await inFlight(valid, 256, (text) => verifier.verify(text, ORIGIN));
    const heapBytes = heapUsed() - before;
    const known = node.lookUps();
    return {
      heapBytes,
      isReady: () => verifier.metrics().lease === 'valid',
      pass: inTurns((text) => {
        const found = verifier.verify(text, ORIGIN);
        if (found instanceof Promise) {
          return found.then((verdict) => verdict.accepted && decideLayers(verdict.layers, REQUEST).effect === 'allow');
        }
        return found.accepted && decideLayers(found.layers, REQUEST).effect === 'allow';
      }),
      end: async (invalid) => {
        const asked = node.lookUps() - known;
        expectFew(asked, setting.draws / 100);
        for (const text of invalid) await verifier.verify(text, ORIGIN);
        const madeUpLookUps = node.lookUps() - known - asked;
        await node.close();
        return { madeUpLookUps };
      },
    };
  },

  sibling: async (setting) => {
    const valid = linesOf(setting.validFile);
    const client = createLatchkeyClient({
      url: setting.url,
      credential: setting.credential,
      cache: { maxTokens: 2 * valid.length, maxBytes: 8 * 2 ** 30 },
    });
    const before = heapUsed();
    await inFlight(valid, 256, (text) => client.verify(text, ORIGIN));
    const heapBytes = heapUsed() - before;
    const misses = () => client.metrics()?.misses ?? 0;
    const [known, begun] = [misses(), performance.now()];
    return {
      heapBytes,
      isReady: () => client.metrics()?.lease === 'valid',
      pass: inTurns((text) => {
        const decided = client.decide(text, REQUEST, ORIGIN);
        if (decided instanceof Promise) return decided.then(({ effect }) => effect === 'allow');
        return decided.effect === 'allow';
      }),
      end: async (invalid) => {
        // For a made-up text it asks anew each half minute.
        const halfMinutes = (performance.now() - begun) / 30_000;
        expectFew(misses() - known, (1 + halfMinutes) * invalid.length + setting.draws / 100);
        await client.close();
        return NOTHING_ASKED;
      },
    };
  },

  betterAuth: (setting) => runBetterAuth(setting),
  betterAuthOnRedis: (setting) => runBetterAuth(setting),
};

const runBetterAuth = async ({ adminUrl, redisUrl, validFile, tokens }: Setting): Promise<Runner> => {
  // Not for the others: whatever it loads leaves a process whose every look at a text's characters takes longer.
  const { openBetterAuth } = await import('./better-auth.ts');
  const auth = await openBetterAuth(adminUrl, redisUrl === null ? {} : { redis: redisUrl });
  writeFileSync(validFile, (await auth.makeKeys(tokens)).join('\n'));
  return {
    heapBytes: 0,
    isReady: () => true,
    pass: async (texts) => {
      let good = 0;
      await inFlight(texts, AT_ONCE, async (text) => {
        if (await auth.verify(text)) good += 1;
      });
      if (good < texts.length / 2) throw new Error('good keys were refused');
    },
    end: async () => {
      await auth.close();
      return NOTHING_ASKED;
    },
  };
};

/** Enough to keep the database busy. */
const AT_ONCE = 16;

const NOTHING_ASKED: End = { madeUpLookUps: 0 };

/** Whoever was held up for longer than a lease asks until it has polled. Anything more was not remembered. */
const expectFew = (asked: number, most: number): void => {
  if (asked > most) throw new Error(`what was seen before was looked up: ${asked}`);
};

/** A turn of the event loop takes so many: a verifier that never gets to poll loses its lease, and then asks. */
const TURN = 1_000;

const inTurns = (verify: (text: string) => boolean | Promise<boolean>) => async (texts: readonly string[]) => {
  let good = 0;
  for (let from = 0; from < texts.length; from += TURN) {
    for (let i = from; i < Math.min(from + TURN, texts.length); i += 1) {
      const verified = verify(texts[i] as string);
      if (verified instanceof Promise ? await verified : verified) good += 1;
    }
    await new Promise<void>((resume) => setImmediate(resume));
  }
  if (good === 0) throw new Error('nothing was accepted');
};
