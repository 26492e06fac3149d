import type { Node } from './node.ts';
import { inFlight, type Lap } from './race.ts';
import type { SelectTable } from './select-table.ts';
import { ORIGIN } from './world.ts';

/** Each text for the first time, so many in flight: the same ones for both. */
export const measureFirstSight = async (
  node: () => Promise<Node>,
  table: SelectTable,
  texts: readonly string[],
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
): Promise<readonly Lap[]> => {
  const laps: Record<'select' | 'first', Lap[]> = { select: [], first: [] };
  const measure = async (into: Lap[], name: string, verify: (text: string) => unknown) => {
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    await inFlight(texts, atOnce, verify);
    const wallNs = Number(process.hrtime.bigint() - wall) / texts.length;
    const { user, system } = process.cpuUsage(cpu);
    into.push({ name, wallNs, cpuNs: ((user + system) * 1_000) / texts.length });
  };
  for (let round = 0; round < rounds; round += 1) {
    await measure(laps.select, 'one prepared SELECT with SHA-256', table.find);
    const fresh = await node();
    await measure(laps.first, 'Latchkey, first sight', (text) => fresh.verifying.verifier.verify(text, ORIGIN));
    if (fresh.lookUps() !== texts.length)
      throw new Error(`${fresh.lookUps()} look-ups for ${texts.length} first sights`);
    await fresh.close();
  }
  const best = (all: readonly Lap[]) => [...all].sort((a, b) => a.wallNs - b.wallNs)[all.length >> 2] as Lap;
  return [best(laps.select), best(laps.first)];
};
