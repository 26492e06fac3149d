import type { OutboxMessage } from '@latchkey/store';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isJobName } from '../jobs/run-job.ts';
import { contextOf, traceparentOf } from './trace-work.ts';

/** The hand-over of one message to the job backend, from the claim to the answer. */
export interface HandOver {
  /** What the job goes on from: the hand-over or, where nobody traces here, its cause; `null` where that wasn't traced. */
  readonly traceparent: string | null;
  end(succeeded: boolean): void;
}

/** A message whose cause was not traced gets no trace of its own: it would be one of a single span, for each reminder. */
const untraced: HandOver = { traceparent: null, end: () => undefined };

/** A span between the cause and its job. SECRET-ONCE: it names the job, and nothing of the payload. */
export const traceHandOver = ({
  name,
  attempts,
  traceparent,
}: Pick<OutboxMessage, 'name' | 'attempts' | 'traceparent'>): HandOver => {
  if (traceparent === null) return untraced;
  // Another release may know more names.
  const work = isJobName(name) ? name : 'unknown';
  const span = trace.getTracer('latchkey-worker').startSpan(
    `relay ${work}`,
    {
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.system': 'bullmq', 'latchkey.work': work, 'latchkey.attempt': attempts + 1 },
    },
    contextOf(traceparent),
  );
  return {
    traceparent: traceparentOf(span) ?? traceparent,
    end: (succeeded) => {
      if (!succeeded) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
};
