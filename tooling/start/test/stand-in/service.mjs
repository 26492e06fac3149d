// Stands in for the worker and the example service: answers on its port until it is told to stop.
import { createServer } from 'node:http';

const port = process.env['LATCHKEY_WORKER_PORT'] ?? process.env['PORT'];
createServer((_request, response) => response.end('ok')).listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
