// A BullMQ repeatable that looks once a day whether the token is due. For a service that has a queue already:
//   LATCHKEY_URL=https://latchkey.example REDIS_URL=redis://127.0.0.1:6379 node rotate-with-bullmq.mjs
import { spawn } from 'node:child_process';
import { Queue, Worker } from 'bullmq';

const { REDIS_URL = 'redis://127.0.0.1:6379', TOKEN_FILE = '/etc/flags/token', PATTERN = '17 3 * * *' } = process.env;
const connection = { url: REDIS_URL, maxRetriesPerRequest: null };

/** Runs the command to its end. Data and messages hold no secret, so that both may go into logs. */
const rotate = () =>
  new Promise((done, failed) => {
    const child = spawn('latchkey', ['rotate', '--due', '--save', TOKEN_FILE], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', failed);
    child.once('exit', (code) => (code === 0 ? done() : failed(new Error(`latchkey ended with ${code}`))));
  });

const queue = new Queue('token-rotation', { connection });
// Saying it at each start is one schedule. A failure is tried again: the same rotation is asked for, and nothing forks.
await queue.upsertJobScheduler(
  'flags-token',
  { pattern: PATTERN, tz: 'Etc/UTC' },
  {
    name: 'rotate',
    opts: { attempts: 5, backoff: { type: 'exponential', delay: 60_000, jitter: 0.5 }, removeOnComplete: 30 },
  },
);
const worker = new Worker('token-rotation', rotate, { connection, concurrency: 1 });
worker.on('failed', (job, error) => console.error(`rotation ${job?.id ?? ''} failed: ${error.message}`));

process.once('SIGTERM', async () => {
  await worker.close();
  await queue.close();
});
