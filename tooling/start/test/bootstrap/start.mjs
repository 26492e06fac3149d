// Stands where `npm start` has its bootstrap: starts the orchestrator and waits for it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', 'start-stand-ins.ts');
spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
