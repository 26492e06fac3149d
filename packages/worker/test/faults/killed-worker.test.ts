import { describe, expect, it } from 'vitest';
import { arrivedAt } from '../removal.ts';
import { chosen } from './extent.ts';
import { backends, openWorld } from './fault-world.ts';
import { holdAfter } from './hold-cascade.ts';

const tokenCount = 500;

/** Batches are of a hundred: what is committed when the worker dies. */
const moments = [
  { moment: 'in its first batch', committed: 0 },
  { moment: 'after its first batch', committed: 100 },
  { moment: 'in the middle', committed: 300, short: true },
  { moment: 'after its last batch, before anybody heard of it', committed: tokenCount },
];

const cases = backends.flatMap((each) =>
  chosen(moments.map((moment) => ({ ...moment, short: moment.short === true && each.backend === 'postgres' }))).map(
    (moment) => ({ ...each, ...moment, name: `${each.backend}, ${moment.moment}` }),
  ),
);

describe('a worker killed with -9 during a cascade leaves no half, and another one ends what it began', () => {
  it.for(cases)('$name', { timeout: 180_000 }, async ({ backend, missing, committed }, { skip }) => {
    if (missing) skip();
    const world = await openWorld(backend);
    const hold = await holdAfter(world.installation, committed);
    const worker = await world.startWorker();
    const member = await world.addMember(tokenCount);
    await member.remove();
    await hold.reached();
    await worker.end('SIGKILL');
    expect(await arrivedAt(world.installation, member.memberId)).toMatchObject({
      active: tokenCount - committed,
      inactive: committed,
    });
    await hold.release();
    await world.startWorker();
    await world.untilRowsSay([member], tokenCount);
  });
});
