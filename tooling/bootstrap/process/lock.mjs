import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyProcess, isAlive } from './identity.mjs';

/**
 * Who holds the lock; `note` is what the holder wants others to know, an address for instance.
 *
 * @typedef {import('./index.d.mts').ProcessIdentity & { nonce: string, note: Record<string, unknown> }} LockHolder
 * @typedef {{ taken: true, update: (note: Record<string, unknown>) => void, release: () => void }} TakenLock
 * @typedef {{ taken: false, holder: LockHolder }} HeldLock
 */

const pause = new Int32Array(new SharedArrayBuffer(4));

/** @param {string} path @returns {LockHolder | undefined} */
const readHolder = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/** @param {string} from @param {string} to @returns {boolean} whether the name was free */
const linkIfFree = (from, to) => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Takes over from a holder that has died. Two who see the same dead holder must not both win, nor may the slower one throw out the
 * faster: the right to replace one dead holder is a file with that holder's nonce in its name, which only one can create.
 *
 * @param {string} path @param {string} mine @param {LockHolder | undefined} dead
 * @returns {boolean}
 */
const takeOver = (path, mine, dead) => {
  const claim = `${path}.after-${dead?.nonce ?? 'unreadable'}`;
  if (!linkIfFree(mine, claim)) {
    const claimant = readHolder(claim);
    if (claimant === undefined || !isAlive(claimant)) rmSync(claim, { force: true });
    return false;
  }
  try {
    if (readHolder(path)?.nonce !== dead?.nonce) return false;
    renameSync(mine, path);
    return true;
  } finally {
    rmSync(claim, { force: true });
  }
};

/**
 * A lock between processes: a file that names its holder and appears with its content in one step. A holder that was killed is
 * recognised by process id and start time, and replaced.
 *
 * @param {string} path
 * @param {Record<string, unknown>} [note]
 * @returns {TakenLock | HeldLock}
 */
export const takeLock = (path, note = {}) => {
  mkdirSync(dirname(path), { recursive: true });
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('This process can not find itself in the process table.');
  const nonce = randomBytes(9).toString('hex');
  const mine = `${path}.${nonce}`;
  /** @param {Record<string, unknown>} content */
  const write = (content) =>
    writeFileSync(mine, JSON.stringify({ ...identity, nonce, note: content }), { mode: 0o600 });
  write(note);
  try {
    for (;;) {
      const taken = linkIfFree(mine, path);
      if (!taken) {
        const holder = readHolder(path);
        if (holder !== undefined && isAlive(holder)) return { taken: false, holder };
        if (!takeOver(path, mine, holder)) {
          // Somebody else is taking over: that takes microseconds.
          Atomics.wait(pause, 0, 0, 5);
          continue;
        }
      }
      return {
        taken: true,
        update: (content) => {
          write(content);
          renameSync(mine, path);
        },
        release: () => {
          if (readHolder(path)?.nonce === nonce) rmSync(path, { force: true });
        },
      };
    }
  } finally {
    rmSync(mine, { force: true });
  }
};

/**
 * Waits for its turn; `onWait` hears once who is in the way.
 *
 * @param {string} path
 * @param {(holder: LockHolder) => void} onWait
 * @returns {Promise<TakenLock>}
 */
export const waitForLock = async (path, onWait) => {
  for (let told = false; ; ) {
    const lock = takeLock(path);
    if (lock.taken) return lock;
    if (!told) onWait(lock.holder);
    told = true;
    await delay(200);
  }
};
