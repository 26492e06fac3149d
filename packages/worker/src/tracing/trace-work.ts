import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Where the cause of this work was traced, W3C Trace Context, level 1, section 3.2; the root where it wasn't. */
export const contextOf = (traceparent: unknown): Context => {
  const found = typeof traceparent === 'string' ? FORM.exec(traceparent) : null;
  if (found === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '00'] = found;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
};

/** What is going on now, in the same form; `null` where nobody traces. */
export const currentTraceparent = (): string | null => traceparentOf(trace.getActiveSpan());

/** @returns null where it is nowhere recorded, and so no cause of anything */
export const traceparentOf = (span: Span | undefined): string | null => {
  const at = span?.spanContext();
  if (at === undefined || !isSpanContextValid(at)) return null;
  return `00-${at.traceId}-${at.spanId}-${(at.traceFlags & 1).toString(16).padStart(2, '0')}`;
};

export type Traced = {
  readonly name: string;
  readonly kind: SpanKind.PRODUCER | SpanKind.CONSUMER | SpanKind.INTERNAL;
  /** Names and numbers only: no id of a member or a token, and nothing of a payload (SECRET-ONCE). */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly parent: Context;
};

/** Runs the work inside a span; what throws marks it, by the name of the error alone. */
export const traced = <T>({ name, kind, attributes, parent }: Traced, work: () => Promise<T>): Promise<T> => {
  const span = trace.getTracer('latchkey-worker').startSpan(name, { kind, attributes }, parent);
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
};
