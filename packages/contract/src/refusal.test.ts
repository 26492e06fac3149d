import { describe, expect, it } from 'vitest';
import { envelopeSchema } from './envelope.ts';
import { MISSING_PERMISSION_HEADER, type RefusalCase, refusalOf } from './refusal.ts';

const cases: RefusalCase[] = [
  'no_credential',
  'invalid_credential',
  'forbidden',
  'not_allowed',
  'bad_request',
  'too_many_requests',
  'unavailable',
];

describe('the answer to a refused HTTP request', () => {
  it('is the envelope, byte for byte, for a refused decision', () => {
    expect(refusalOf('forbidden').body).toBe('{"success":false,"errors":["Forbidden"],"data":null}');
    expect(refusalOf('no_credential').body).toBe('{"success":false,"errors":["Unauthorized"],"data":null}');
  });

  it.each(cases)('fits the envelope and is never stored: %s', (refused) => {
    const { body, headers } = refusalOf(refused);
    expect(envelopeSchema.parse(JSON.parse(body)).success).toBe(false);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is problem+json for whoever asks', () => {
    const { headers, body, status } = refusalOf('unavailable', { accept: 'application/problem+json' });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: 'Service Unavailable', status });
  });

  it('names the missing permission in a header that nothing can break out of', () => {
    const missing = { action: 'ToggleFlag', resource: 'project/a\r\nSet-Cookie: x=1:flag/é\ud800%' };
    const header = refusalOf('not_allowed', { missing }).headers[MISSING_PERMISSION_HEADER];
    expect(header).toBe('ToggleFlag project/a%0D%0ASet-Cookie: x=1:flag/%C3%A9%EF%BF%BD%25');
    expect(refusalOf('forbidden', { missing }).headers[MISSING_PERMISSION_HEADER]).toBeUndefined();
  });

  it('says when to come back, in whole seconds, at least one', () => {
    expect(refusalOf('too_many_requests', { retryAfterSeconds: 0.2 }).headers['retry-after']).toBe('1');
    expect(refusalOf('unavailable').headers['retry-after']).toBe('1');
    expect(refusalOf('forbidden', { retryAfterSeconds: 5 }).headers['retry-after']).toBeUndefined();
  });
});
