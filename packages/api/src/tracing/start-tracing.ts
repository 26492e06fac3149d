import { context, trace } from '@opentelemetry/api';

/** Ends what is under way and sends what was recorded. */
export interface Tracing {
  stop(): Promise<void>;
}

/**
 * Sends traces by OTLP over HTTP to `endpoint`. Only here is the SDK loaded: without an endpoint every span is a no-op. A
 * collector that is away loses spans and holds up nothing.
 */
export const startTracing = async (endpoint: string, serviceName: string): Promise<Tracing> => {
  const [sdk, otlp, resources, hooks] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  const exporter = new otlp.OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 })],
  });
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
    },
  };
};
