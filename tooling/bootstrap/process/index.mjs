export { identifyProcess, isAlive } from './identity.mjs';
export { stopProcess } from './stop.mjs';
