import { contract } from '@latchkey/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { restRows } from '../../src/rest/match-route.ts';
import { createOpenApiDocument } from '../../src/rest/openapi.ts';
import { appRouter } from '../../src/trpc/router.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>;
}
interface Schema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}
const text = createOpenApiDocument(appRouter, 'https://iam.example.com/latchkey')();
const document = JSON.parse(text) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ place: `${method.toUpperCase()} ${path}`, ...operation })),
);
const operationOf = (method: string, path: string): Operation => {
  const found = document.paths[path]?.[method];
  if (found === undefined) throw new Error(`no ${method} ${path}`);
  return found;
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, by somebody else’s validator', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
    const broken = { ...document, paths: { '/x': { get: { responses: 7 } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('has an operation for every row of the table, under a name of its own', () => {
    expect(operations.map(({ place }) => place).sort()).toEqual(
      restRows.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('names every field of a path, and none of them twice', () => {
    for (const { place, parameters = [], requestBody } of operations) {
      const inPath = [...place.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters.filter((each) => each.in === 'path').map(({ name }) => name),
        place,
      ).toEqual(inPath);
      const inBody = Object.keys(requestBody?.content['application/json']?.schema.properties ?? {});
      expect(
        inBody.filter((name) => inPath.includes(name)),
        place,
      ).toEqual([]);
    }
  });

  it('says what has to be sent and what may be left out', () => {
    const issue = operationOf('post', '/tokens').requestBody;
    expect(issue?.required).toBe(true);
    expect(issue?.content['application/json']?.schema.required).toEqual(['name']);
    expect(operationOf('post', '/tokens/{tokenId}/revoke').requestBody?.required).toBe(false);
    const list = operationOf('get', '/tokens').parameters ?? [];
    expect(list.map(({ name }) => name)).toEqual(Object.keys(contract.tokens.list.input.unwrap().shape));
    expect(list.every(({ required }) => !required)).toBe(true);
    expect(operationOf('get', '/token-names').parameters?.find(({ name }) => name === 'name')?.required).toBe(true);
  });

  it('says who may call: nobody in particular, a token, a verifier', () => {
    expect(operationOf('get', '/system/health').security).toEqual([]);
    expect(operationOf('get', '/tokens').security).toBeUndefined();
    expect(operationOf('post', '/verify').security).toEqual([{ verifier: [] }]);
  });

  it('ALLOW-LISTED-OUTPUT: no answer has a field that could hold what nobody may see', () => {
    const answers = JSON.stringify(operations.map(({ responses }) => responses['200']));
    expect(answers).toContain('tokenText');
    for (const field of ['digest', 'pepperId', 'tagKeyId', 'marks']) expect(answers).not.toContain(`"${field}"`);
  });
});
