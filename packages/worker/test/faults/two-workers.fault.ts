import { describe, it } from 'vitest';
import { backends, openWorld } from './fault-world.ts';
import { holdAfter } from './hold-cascade.ts';

const tokenCount = 500;

describe('two workers at once have one effect', () => {
  it.for(backends)('$backend', { timeout: 180_000 }, async ({ backend, missing }, { skip }) => {
    if (missing) skip();
    const world = await openWorld(backend);
    const members = await Promise.all(Array.from({ length: 5 }, () => world.addMember(300)));
    const [first] = await Promise.all([world.startWorker(), world.startWorker()]);
    // The same removal told twice, as two messages: two jobs, which may run at once.
    await Promise.all([...members, ...members].map((member) => member.remove()));
    await world.untilRowsSay(members.slice(0, 1), 300);
    await first.end('SIGKILL');
    await world.untilRowsSay(members, 300);
  });
});

describe('a worker whose event loop stands still for longer than its locks last', () => {
  it.for(backends)(
    'on $backend is overtaken, wakes up, and does nothing twice',
    { timeout: 180_000 },
    async (given, { skip }) => {
      const { backend, missing } = given;
      if (missing) skip();
      const world = await openWorld(backend);
      const hold = await holdAfter(world.installation, 200);
      const blocked = await world.startWorker();
      const member = await world.addMember(tokenCount);
      await member.remove();
      await hold.reached();
      // Not a line of its code runs, its sockets stay open: what a blocked event loop looks like from outside.
      process.kill(blocked.pid ?? 0, 'SIGSTOP');
      await hold.release();
      await world.startWorker();
      await world.untilRowsSay([member], tokenCount);
      process.kill(blocked.pid ?? 0, 'SIGCONT');
      await blocked.saying('out of reach or in error');
      const next = await world.addMember(10);
      await next.remove();
      await world.untilRowsSay([next], 10);
      await world.untilRowsSay([member], tokenCount);
    },
  );
});
