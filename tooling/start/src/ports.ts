import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '@latchkey/embedded';
import { defaultPort } from '../options.mjs';

export type Ports = { readonly api: number; readonly exampleService: number; readonly worker: number };

const readKept = (file: string): Partial<Ports> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>;
  } catch {
    return {};
  }
};

/** The wanted port, else that of the last time, else the usual one; where somebody has it, another one, and said so. */
export const choosePorts = async (
  folder: string,
  wanted: number | undefined,
  say: (line: string) => void,
): Promise<Ports> => {
  const file = join(folder, 'ports.json');
  const kept = readKept(file);
  const preferred = wanted ?? kept.api ?? defaultPort;
  const api = await findFreePort(preferred);
  if (preferred !== 0 && api !== preferred) say(`Port ${preferred} is in use: Latchkey takes ${api} instead.`);
  const next = kept.exampleService ?? defaultPort + 100;
  const exampleService = await findFreePort(next === api ? 0 : next);
  const ports = { api, exampleService, worker: await findFreePort() };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
};
