import { version } from '../system/version.ts';
import type { AppRouter } from '../trpc/router.ts';
import type { ProcedureMeta } from '../trpc/trpc.ts';
import { restRows } from './match-route.ts';
import { inputSchemaOf, type JsonSchema, outputSchemaOf } from './procedure-schema.ts';
import type { ProcedurePath, RestRoute } from './routes.ts';

/** The OpenAPI 3.1 document of the REST face as text: made at the first call, from the table, the router and the contract. */
export const createOpenApiDocument = (router: AppRouter, publicUrl: string): (() => string) => {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(describe(router, publicUrl));
    return text;
  };
};

const describe = (router: AppRouter, publicUrl: string) => {
  const paths: Record<string, Record<string, object>> = {};
  for (const { name, ...route } of restRows) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(router, name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version,
      description: 'Access tokens for an IAM platform that already exists. Every answer has one envelope.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A personal or a service token.' },
        verifier: { type: 'http', scheme: 'bearer', description: 'A verifier credential of the installation.' },
        operator: { type: 'http', scheme: 'bearer', description: 'An operator credential of the installation.' },
      },
      schemas: { Refusal: REFUSAL, Problem: PROBLEM },
      responses: {
        Refused: {
          description: 'Refused. Ask for application/problem+json to be told which field or permission it was.',
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Refusal' } },
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    },
  };
};

const operation = (router: AppRouter, name: ProcedurePath, route: RestRoute) => {
  const [tag = '', verb = ''] = name.split('.');
  const input = inputSchemaOf(name);
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
  const others = input === null ? null : without(input, inPath);
  const hasOthers = Object.keys(others?.properties ?? {}).length > 0;
  const takesBody = route.method !== 'GET' && route.method !== 'DELETE';
  const parameters = [
    ...inPath.map((field) => ({ in: 'path', name: field, required: true, schema: input?.properties?.[field] ?? {} })),
    ...(takesBody ? [] : inQuery(others)),
  ];
  return {
    operationId: `${tag}${verb.charAt(0).toUpperCase()}${verb.slice(1)}`,
    summary: route.summary,
    tags: [tag],
    ...securityOf(router, name),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(takesBody && hasOthers ? { requestBody: bodyOf(others) } : {}),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: envelopeOf(outputSchemaOf(name)) } } },
      default: { $ref: '#/components/responses/Refused' },
    },
  };
};

const securityOf = (router: AppRouter, name: ProcedurePath): { readonly security?: readonly object[] } => {
  const procedures = router._def.procedures as unknown as Readonly<
    Record<string, { readonly _def: { readonly meta?: ProcedureMeta } }>
  >;
  const type = procedures[name]?._def.meta?.requirement.type;
  if (type === 'public') return { security: [] };
  return type === 'verifier' || type === 'operator' ? { security: [{ [type]: [] }] } : {};
};

const inQuery = (schema: JsonSchema | null) =>
  Object.entries(schema?.properties ?? {}).map(([name, field]) => ({
    in: 'query',
    name,
    required: schema?.required?.includes(name) ?? false,
    schema: field,
  }));

const bodyOf = (schema: JsonSchema | null) => ({
  required: (schema?.required?.length ?? 0) > 0,
  content: { 'application/json': { schema } },
});

const without = (schema: JsonSchema, fields: readonly string[]): JsonSchema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !fields.includes(name))),
  required: (schema.required ?? []).filter((name) => !fields.includes(name)),
});

const envelopeOf = (data: JsonSchema) => ({
  type: 'object',
  properties: { success: { const: true }, errors: { type: 'array', items: { type: 'string' }, maxItems: 0 }, data },
  required: ['success', 'errors', 'data'],
});

const REFUSAL = {
  type: 'object',
  properties: {
    success: { const: false },
    errors: {
      type: 'array',
      items: { type: 'string' },
      description: 'Unauthorized, Forbidden, BadRequest, TooManyRequests, ServiceUnavailable, or one of the codes.',
    },
    data: { type: 'null' },
  },
  required: ['success', 'errors', 'data'],
} as const;

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable; from one closed list.' },
    details: { type: 'object', additionalProperties: true },
  },
  required: ['type', 'title', 'status'],
} as const;
