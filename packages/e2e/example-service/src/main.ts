import { createLatchkeyClient } from '@latchkey/client';
import { createApp } from './app.ts';
import { readEnv } from './env.ts';

const { port, host, latchkeyUrl, credential } = readEnv(process.env);
const latchkey = createLatchkeyClient({ url: latchkeyUrl, credential });
const server = createApp(latchkey).listen(port, host, (error) => {
  if (error) {
    console.error(error.message);
    process.exitCode = 1;
    return;
  }
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  console.log(JSON.stringify({ level: 'info', msg: 'listening', url: `http://${host}:${bound}` }));
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
    void latchkey.close();
  });
}
