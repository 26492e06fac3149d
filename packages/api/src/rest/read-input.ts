import { LatchkeyError } from '@latchkey/core/errors';
import type { Request } from 'express';
import { MAX_BODY_BYTES, readJsonBody } from '../http/read-json-body.ts';
import { inputSchemaOf, type JsonSchema } from './procedure-schema.ts';
import type { ProcedurePath } from './routes.ts';

/** Reads the input of a procedure out of an HTTP request, whose path has given some `fields` of it already. */
export type ReadInput = (
  request: Request,
  name: ProcedurePath,
  fields: Readonly<Record<string, string>>,
) => Promise<unknown>;

/**
 * A procedure's input is made of the path's fields and of the query of a GET or DELETE, or the JSON body of the others. What
 * it may be is said by the procedure's own schema, behind this; here nothing is given in two places.
 * The reader throws LatchkeyError with what is wrong with the body or the query.
 */
export const createInputReader = (): ReadInput => {
  const schemas = new Map<ProcedurePath, JsonSchema | null>();
  return async (request, name, fields) => {
    const schema = schemas.get(name) ?? inputSchemaOf(name);
    schemas.set(name, schema);
    const takesBody = !['GET', 'HEAD', 'DELETE'].includes(request.method);
    const [, query = ''] = request.originalUrl.split('?', 2);
    const given = {
      ...(takesBody ? await readBody(request) : {}),
      ...readQuery(new URLSearchParams(query), takesBody ? null : schema),
      ...idempotencyKeyOf(request, schema),
    };
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(fields, key)) throw badInput(key, 'given_twice', 'This stands in the path.');
    }
    const input = { ...given, ...fields };
    return schema === null && Object.keys(input).length === 0 ? undefined : input;
  };
};

const readBody = async (request: Request): Promise<Readonly<Record<string, unknown>>> => {
  if (isWithoutBody(request)) return {};
  const body = await readJsonBody(request);
  if (!body.ok) throw new LatchkeyError(body.code, { limitBytes: MAX_BODY_BYTES });
  const value: unknown = body.text === '' ? {} : JSON.parse(body.text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput('', 'invalid_type', 'Expected: object.');
  }
  return value as Record<string, unknown>;
};

// RFC 9112, section 6.3: a request without either has no body.
const isWithoutBody = ({ headers, body }: Request): boolean =>
  body === undefined && headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

/** Texts as the schema's types; what doesn't read as one stays a text, which the schema then refuses. */
const readQuery = (query: URLSearchParams, schema: JsonSchema | null): Record<string, unknown> => {
  const read: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const field = own(schema?.properties, key);
    if (field === undefined) throw badInput('', 'unrecognized_keys', 'There is no such parameter.');
    const [text = '', ...others] = query.getAll(key);
    if (field.type === 'array') read[key] = query.getAll(key).map((item) => toValue(item, field.items));
    else if (others.length > 0) throw badInput(key, 'given_twice', 'This was sent twice.');
    else read[key] = toValue(text, field);
  }
  return read;
};

const toValue = (text: string, schema: JsonSchema | undefined): unknown => {
  if (schema?.type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (schema?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

/** The header that other APIs have for it; procedures that take such a key have a field for it. */
const idempotencyKeyOf = (request: Request, schema: JsonSchema | null): { readonly idempotencyKey?: string } => {
  const [key, ...others] = request.headersDistinct['idempotency-key'] ?? [];
  if (key === undefined || own(schema?.properties, 'idempotencyKey') === undefined) return {};
  if (others.length > 0) throw badInput('idempotencyKey', 'given_twice', 'This was sent twice.');
  return { idempotencyKey: key };
};

const own = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

const badInput = (path: string, code: string, message: string): LatchkeyError =>
  new LatchkeyError('BAD_INPUT', { problems: [{ path, code, message }] });
