import { expect, it } from 'vitest';
import { createLogger } from './create-logger.ts';

const logged = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
};

const id = '3fK0aZ81bQ7rTx2m';
const rest = 'q'.repeat(49);

it('a token text that reaches a log line keeps its public id and loses its secret', () => {
  const line = logged((logger) => {
    logger.info({ nested: { deep: [`Bearer lk_pat_${id}_${rest}`] } }, `with lk_svc_${id}_${rest}`);
    logger.error({ err: new Error(`acme_sys_${id}_${rest}`) });
  });
  expect(line).toContain(id);
  expect(line).not.toContain('qqqq');
});

it('a connection password in a message, an error or a field is not written', () => {
  const line = logged((logger) => {
    logger.info({ url: 'postgresql://worker:hunter2@db:5432/latchkey' }, 'redis://:hunter2@cache:6379');
    logger.error({ err: new Error('can not reach rediss://worker:hunter2@cache') });
  });
  expect(line).toContain('db:5432');
  expect(line).not.toContain('hunter2');
});

it('what a driver hangs on its errors is not written', () => {
  const refused = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['hunter2'] },
    detail: 'Key (name)=(canary)',
    code: '23505',
  });
  const line = logged((logger) => logger.error({ err: refused }));
  expect(line).toContain('23505');
  expect(line).not.toMatch(/hunter2|canary/);
});
