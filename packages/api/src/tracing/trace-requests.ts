import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { readTraceparent } from './traceparent.ts';

/**
 * A span for each HTTP request but verifications, which are thousands a second. It begins a trace of its own and is linked to
 * the caller's: whoever calls must not decide what is recorded here. SECRET-ONCE: of the path only what names a procedure, for
 * anything may have been pasted into it.
 */
export const traceRequests: RequestHandler = (request, response, next) => {
  const caller = readTraceparent(request.get('traceparent'));
  const span = trace.getTracer('latchkey-server').startSpan(
    nameOf(request.method, request.originalUrl),
    {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': request.method },
      links: caller === null ? [] : [{ context: caller }],
      root: true,
    },
    context.active(),
  );
  response.once('close', () => {
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(context.active(), span), next);
};

// Two words of letters: no token, no id and no name looks like that.
const PROCEDURE = /\/trpc\/([a-z]+\.[A-Za-z]+)(?=\?|$)/;
const REST = /\/api\/v1\/([a-z]+)(?=[/?]|$)/;

const nameOf = (method: string, url: string): string => {
  const procedure = PROCEDURE.exec(url)?.[1];
  if (procedure !== undefined) return `${method} ${procedure}`;
  const resource = REST.exec(url)?.[1];
  return resource === undefined ? method : `${method} /api/v1/${resource}`;
};
