// Takes the lock that it is given, says so, and keeps it until it is killed.
import { takeLock } from '../process/lock.mjs';

const lock = takeLock(process.argv[2] ?? '', { by: 'holder' });
process.stdout.write(lock.taken ? 'taken' : 'held');
setInterval(() => {}, 1000);
