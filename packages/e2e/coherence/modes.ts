import { OFTEN_PRUNED, ONE_NODE_HEARS_LATE, SLOW_LOOK_UPS, SLOWLY_COMMITTED } from './mutants.ts';
import { crashAfterAbortedWrites, IDS_AGAIN, PROMOTED, pause, promoteStandby } from './trouble.ts';
import type { World, WorldOptions } from './world.ts';

export interface Mode {
  readonly name: string;
  readonly options?: WorldOptions;
  readonly saysTwice?: boolean;
  /** What has to have come about (`World.note`), or nothing was shown. */
  readonly brings?: string;
  /** Goes on until `isOver`; leaves everything as it found it. */
  readonly trouble?: (world: World, isOver: () => boolean) => Promise<void>;
}

/** Something bad for a while, and then nothing for a while. */
const onAndOff =
  (
    onMs: number,
    offMs: number,
    on: (world: World) => Promise<unknown> | unknown,
    off: (world: World) => Promise<unknown> | unknown,
  ) =>
  async (world: World, isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      await on(world);
      await pause(onMs);
      await off(world);
      await pause(offMs);
    }
  };

const setWallClocks = ({ siblings }: World, byMs: number): void => {
  for (const { tell } of siblings) tell({ type: 'wall', byMs });
};

export const MODES: readonly Mode[] = [
  { name: 'nothing wrong' },
  { name: 'lost notifications', options: { deafToNotifications: true } },
  { name: 'stops said twice', saysTwice: true },
  { name: 'slow look-ups', options: { patches: [SLOW_LOOK_UPS] } },
  { name: 'slow commits', options: { patches: SLOWLY_COMMITTED } },
  {
    name: 'a paused sibling',
    trouble: onAndOff(
      2_600,
      800,
      ({ siblings }) => siblings[0].child.kill('SIGSTOP'),
      ({ siblings }) => siblings[0].child.kill('SIGCONT'),
    ),
  },
  {
    name: 'a sibling cut off',
    trouble: onAndOff(
      2_600,
      1_000,
      ({ siblings }) => siblings[1].proxy.weather('hang'),
      ({ siblings }) => siblings[1].proxy.weather('pass'),
    ),
  },
  {
    name: 'stops said twice, to a sibling cut off',
    saysTwice: true,
    trouble: onAndOff(
      2_600,
      1_000,
      ({ siblings }) => siblings[1].proxy.weather('hang'),
      ({ siblings }) => siblings[1].proxy.weather('pass'),
    ),
  },
  {
    name: 'a sibling that gets no answers',
    trouble: onAndOff(
      2_600,
      1_000,
      ({ siblings }) => siblings[1].proxy.weather('deaf'),
      ({ siblings }) => siblings[1].proxy.weather('pass'),
    ),
  },
  {
    name: 'a paused node',
    trouble: onAndOff(
      2_600,
      1_000,
      ({ nodes }) => {
        nodes[1].isUp = false;
        nodes[1].program.child.kill('SIGSTOP');
      },
      ({ nodes }) => {
        nodes[1].program.child.kill('SIGCONT');
        nodes[1].isUp = true;
      },
    ),
  },
  {
    name: 'a node cut off from PostgreSQL',
    trouble: onAndOff(
      2_600,
      1_000,
      ({ nodes }) => {
        nodes[1].isUp = false;
        nodes[1].proxy.weather('hang');
      },
      ({ nodes }) => {
        nodes[1].proxy.weather('pass');
        nodes[1].isUp = true;
      },
    ),
  },
  {
    name: 'a node that PostgreSQL hears and that does not hear it',
    trouble: onAndOff(
      2_600,
      1_000,
      ({ nodes }) => {
        nodes[1].isUp = false;
        nodes[1].proxy.weather('deaf');
      },
      ({ nodes }) => {
        nodes[1].proxy.weather('pass');
        nodes[1].isUp = true;
      },
    ),
  },
  {
    name: 'slow lines',
    trouble: onAndOff(
      3_000,
      500,
      ({ nodes, siblings }) => {
        nodes[1].proxy.weather('delay');
        siblings[1].proxy.weather('delay');
      },
      ({ nodes, siblings }) => {
        nodes[1].proxy.weather('pass');
        siblings[1].proxy.weather('pass');
      },
    ),
  },
  {
    name: 'a killed node',
    trouble: onAndOff(
      700,
      1_500,
      async ({ nodes }) => {
        nodes[1].isUp = false;
        await nodes[1].program.stop('SIGKILL');
      },
      ({ nodes }) => nodes[1].restart(),
    ),
  },
  {
    name: 'a node that deregisters',
    trouble: onAndOff(
      200,
      1_500,
      async ({ nodes }) => {
        nodes[1].isUp = false;
        await nodes[1].program.stop('SIGTERM');
      },
      ({ nodes }) => nodes[1].restart(),
    ),
  },
  {
    name: 'a sibling that hops between nodes',
    trouble: onAndOff(
      400,
      400,
      ({ nodes, siblings }) => siblings[2].proxy.target(nodes[1].port),
      ({ nodes, siblings }) => siblings[2].proxy.target(nodes[0].port),
    ),
  },
  {
    name: 'a wall clock that jumps',
    trouble: onAndOff(
      600,
      600,
      (world) => setWallClocks(world, (Math.random() - 0.5) * 20_000),
      (world) => setWallClocks(world, 0),
    ),
  },
  {
    name: 'a restart of PostgreSQL',
    trouble: onAndOff(
      200,
      3_500,
      ({ cluster }) => cluster.restart('cleanly'),
      () => undefined,
    ),
  },
  {
    name: 'a crash of PostgreSQL',
    trouble: onAndOff(
      200,
      3_500,
      ({ cluster }) => cluster.restart('crash'),
      () => undefined,
    ),
  },
  {
    name: 'a crash of PostgreSQL right after aborted writes',
    brings: IDS_AGAIN,
    // What isn't flushed by a commit isn't flushed soon.
    options: { settings: [`wal_writer_delay = '10s'`] },
    trouble: onAndOff(0, 2_500, crashAfterAbortedWrites, () => undefined),
  },
  {
    name: 'a standby promoted',
    brings: PROMOTED,
    options: { standby: true },
    trouble: onAndOff(3_500, 2_500, promoteStandby, ({ cluster }) => cluster.followAgain()),
  },
  {
    name: 'a node that registers while commits are slow',
    options: { patches: ONE_NODE_HEARS_LATE, deafToNotifications: true },
    trouble: onAndOff(
      2_600,
      2_500,
      async ({ nodes }) => {
        nodes[1].isUp = false;
        await nodes[1].program.stop('SIGTERM');
      },
      // It serves siblings; stops are said to the other one.
      async ({ nodes }) => {
        await nodes[1].restart();
        nodes[1].isUp = false;
      },
    ),
  },
  { name: 'a worker on Redis', options: { worker: 'on Redis', patches: [OFTEN_PRUNED] } },
  { name: 'a worker without Redis', options: { worker: 'on PostgreSQL', patches: [OFTEN_PRUNED] } },
];

export const modeNamed = (name: string): Mode => {
  const mode = MODES.find((each) => each.name === name);
  if (mode === undefined) throw new Error(`There is no mode "${name}": ${MODES.map((each) => each.name).join(', ')}`);
  return mode;
};
