// Tries to take the lock at the given instant (milliseconds since 1970), says whether it did, and keeps it for half a second.
import { takeLock } from '../process/lock.mjs';

const [path = '', instant = '0'] = process.argv.slice(2);
while (Date.now() < Number(instant));
const lock = takeLock(path);
process.stdout.write(lock.taken ? 'taken' : 'held');
setTimeout(() => {}, 500);
