import { isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api';

/** What is going on now, as W3C Trace Context writes it (level 1, section 3.2); `null` where nobody traces. */
export const currentTraceparent = (): string | null => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 1).toString(16).padStart(2, '0')}`;
};

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Of somebody else's; `null` where it is none. */
export const readTraceparent = (text: string | undefined): SpanContext | null => {
  const found = FORM.exec(text ?? '');
  if (found === null) return null;
  const [, traceId = '', spanId = '', flags = '00'] = found;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(span) ? span : null;
};
