export { type Environment, readEnvironment } from './config.ts';
export { EXIT, type ExitCode } from './exit.ts';
export { runLatchkey } from './run.ts';
export type { Sink, World } from './world.ts';
