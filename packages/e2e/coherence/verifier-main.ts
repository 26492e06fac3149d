import { writeFileSync } from 'node:fs';
import { createLatchkeyClient } from '@latchkey/client';
import { machineNow } from './clock.ts';

/** What the process is told. */
export type ToVerifier =
  | { readonly type: 'add'; readonly subject: number; readonly text: string }
  | { readonly type: 'wall'; readonly byMs: number }
  /** Write down what was recorded until now, and go on. */
  | { readonly type: 'look' }
  | { readonly type: 'end' };

/** A sibling service that verifies and decides all the time, and writes down when it began, when it ended and what came out. */
const [url = '', credential = '', file = ''] = process.argv.slice(2);
const latchkey = createLatchkeyClient({ url, credential, timeoutMs: 3_000 });

const HOT = 40;
const MOST_RECORDS = 2_000_000;
const OUTCOMES = { refused: 0, allowed: 1, unavailable: 2, verified: 3 } as const;
const REQUEST = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' };

const hot: { readonly subject: number; readonly text: string }[] = [];
const records = new Float64Array(4 * MOST_RECORDS);
let count = 0;
let ended = false;

const realNow = Date.now;
process.on('message', (message: ToVerifier) => {
  if (message.type === 'add') {
    hot.push(message);
    if (hot.length > HOT) hot.shift();
  } else if (message.type === 'wall') Date.now = () => realNow() + message.byMs;
  else if (message.type === 'look') tell();
  else ended = true;
});

const verifyOne = async (): Promise<void> => {
  const one = hot[Math.floor(Math.random() * hot.length)];
  if (one === undefined || count >= MOST_RECORDS) return;
  const start = machineNow();
  const outcome = await judge(one.text);
  records.set([one.subject, start, machineNow(), OUTCOMES[outcome]], 4 * count);
  count += 1;
};

const judge = async (text: string): Promise<keyof typeof OUTCOMES> => {
  try {
    const verdict = await latchkey.verify(text);
    if (!verdict.accepted) return 'refused';
    // A decision is a verification of its own: one that follows would hide what this one has got wrong.
    if (Math.random() < 0.5) return 'verified';
    return (await verdict.decide(REQUEST)).effect === 'allow' ? 'allowed' : 'refused';
  } catch {
    return 'unavailable';
  }
};

/** A verification that hangs doesn't keep others from being answered from memory. */
const MOST_UNDER_WAY = 400;
const EACH_TURN = 16;
let underWay = 0;
const loop = async (): Promise<void> => {
  while (!ended || underWay > 0) {
    for (let each = 0; each < EACH_TURN && !ended && underWay < MOST_UNDER_WAY; each += 1) {
      underWay += 1;
      void verifyOne().finally(() => {
        underWay -= 1;
      });
    }
    // The event loop has polls to answer, and other processes want the processor too.
    await new Promise((resume) => setTimeout(resume, 2));
  }
};

const tell = () => {
  writeFileSync(file, new Uint8Array(records.buffer, 0, 4 * 8 * count));
  process.send?.({ metrics: latchkey.metrics(), count });
};

process.send?.('ready');
await loop();
tell();
await latchkey.close();
process.disconnect();
