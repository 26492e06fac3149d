import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePermissions,
  decide,
  InvalidResourceName,
  parseResource,
  resource,
  resourcePath,
  type Segment,
} from '../../src/policy/index.ts';
import { policyOf } from './vectors.ts';

const bad = [':', ';', ',', '{', '}', '*', '\0', '\n', '\u007f', '\u0085', '\ud800'];

describe('resource', () => {
  it.each(bad)('refuses %j in a type, key, tag, property or value', (character) => {
    const text = `a${character}b`;
    const segments: Segment[] = [
      [text],
      [text, 'k'],
      ['project', text],
      ['project', 'k', { tags: ['ok', text] }],
      ['project', 'k', { properties: { [text]: 'v' } }],
      ['project', 'k', { properties: { p: text } }],
    ];
    for (const segment of segments) {
      expect(() => resource(['project', 'k'], segment)).toThrow(InvalidResourceName);
      // Its message may end in a log or an answer.
      expect(() => resource(segment)).toThrow(/^(?!.*a.b).*$/s);
    }
  });

  it('refuses an empty part, a slash in a type, and no segments at all', () => {
    for (const segment of [[''], ['', 'k'], ['p', ''], ['a/b', 'k'], ['p', 'k', { tags: [''] }]] as Segment[]) {
      expect(() => resource(segment)).toThrow(InvalidResourceName);
    }
    expect(() => resource()).toThrow(InvalidResourceName);
    expect(() => resource(['p', undefined as never])).toThrow(InvalidResourceName);
  });

  it('gives a path parameter no way to bring segments or tags of its own', () => {
    const permissions = compilePermissions(
      [policyOf('p', [{ effect: 'allow', actions: ['*'], resources: ['project/a:flag/x', 'project/*;open'] }])],
      { dialect: 'featbit' },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a:f/lagx;open,{}*') }), (key) => {
        let allowed = false;
        try {
          allowed = decide(permissions, { action: 'a', resource: resource(['project', key]) }).effect === 'allow';
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidResourceName);
        }
        expect(allowed).toBe(false);
      }),
    );
  });

  it('survives the wire with what is unknown still unknown', () => {
    const names = [
      resource(['project', 'a'], ['flag', 'b']),
      resource(['project', 'a', { tags: [] }], ['flag', 'b', { properties: {} }]),
      resource(['acct']),
      resource(['flag', 'b/c', { tags: ['x', 'y'], properties: { critical: 'true', empty: '' } }]),
    ];
    for (const name of names) {
      const read = parseResource(JSON.parse(JSON.stringify(name)));
      expect(read).toEqual(name);
      for (const segment of (read as typeof name).segments) expect(Object.isFrozen(segment)).toBe(true);
    }
    expect(parseResource('any text')).toBe('any text');
  });

  it('is read from a client with the same checks', () => {
    const segment = { type: 'a', key: 'b' };
    for (const input of [
      null,
      1,
      [],
      {},
      { segments: 'x' },
      { segments: [] },
      { segments: [null] },
      { segments: [{ type: 'a', key: 1 }] },
      { segments: [{ key: 'k' }] },
      { segments: [{ type: 'a', key: 'b:c' }] },
      { segments: [{ ...segment, tags: 'x' }] },
      { segments: [{ ...segment, tags: [1] }] },
      { segments: [{ ...segment, tags: { 0: 'a' } }] },
      { segments: [{ ...segment, properties: { a: 1 } }] },
      { segments: [{ ...segment, properties: ['a'] }] },
      { segments: [{ ...segment, tags: null }] },
      { segments: Array(600).fill(segment) },
      Object.create({ segments: [segment] }),
      { segments: [Object.create(segment)] },
    ]) {
      expect(() => parseResource(input), JSON.stringify(input).slice(0, 80)).toThrow(InvalidResourceName);
    }
    // A key that only looks like a prototype is one of the names that anyone may give a property.
    const odd = parseResource(JSON.parse('{"segments":[{"type":"a","key":"b","properties":{"__proto__":"v"}}]}'));
    expect(JSON.stringify(odd)).toContain('"__proto__":"v"');
  });
});

describe('resourcePath', () => {
  it.each([
    ['project/a:env/b:flag/c', 'project/a:env/b:flag/c'],
    ['project/a;secret,x:flag/c;y', 'project/a:flag/c'],
    ['proj/a:env/b;{critical:true}:flag/c', 'proj/a:env/b:flag/c'],
    ['proj/a:env/b;t,{a:b,c:d},u:flag/c', 'proj/a:env/b:flag/c'],
    ['proj/a:env/b;{open:x', 'proj/a:env/b:x'],
    ['a/é 漢%\r\n', 'a/%C3%A9%20%E6%BC%A2%25%0D%0A'],
    ['a/\ud800', 'a/%EF%BF%BD'],
  ])('%j is %j', (name, path) => {
    expect(resourcePath(name)).toBe(path);
  });

  it('leaves tags and properties out, and is fit for a header', () => {
    expect(resourcePath(resource(['acct'], ['flag', 'ü/b', { tags: ['t'], properties: { p: 'v' } }]))).toBe(
      'acct:flag/%C3%BC/b',
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => /^[\x21-\x7e]*$/.test(resourcePath(text))));
  });
});
