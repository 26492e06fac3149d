import { describe, expect, it } from 'vitest';
import { findCredential } from './find-credential.ts';

const token = `lk_pat_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`;
const find = (headers: Record<string, string[]>, url = '/flags/a') => findCredential({ headers, url });

describe('the one credential of an HTTP request', () => {
  it.each([
    ['Bearer', `Bearer ${token}`],
    ['any case of the scheme', `bEaReR  ${token}`],
    ['bare', token],
  ])('is taken from Authorization: %s', (_, value) => {
    expect(find({ authorization: [value] })).toEqual({ type: 'found', presentedToken: token });
  });

  it.each(['', 'Bearer', 'Basic dTpw', `Token ${token}`, `Bearer ${token} `, `Bearer\t${token}`])(
    'is handed on as it stands where it is no token: %j (ONE-TEXT)',
    (value) => {
      const found = find({ authorization: [value] });
      expect(found.type).toBe('found');
      expect(found).not.toEqual({ type: 'found', presentedToken: token });
    },
  );

  it('is none without the header', () => {
    expect(find({ 'user-agent': ['curl/8'] })).toEqual({ type: 'none' });
  });

  it.each([
    ['two headers', [`Bearer ${token}`, `Bearer ${token}`]],
    ['two that a proxy joined', [`Bearer ${token}, Bearer ${token}`]],
  ])('is refused as several: %s', (_, authorization) => {
    expect(find({ authorization })).toEqual({ type: 'several' });
  });

  it.each([
    ['another header', { 'x-api-key': [token] }, '/'],
    ['another header beside a good one', { authorization: [token], 'x-access-token': [token] }, '/'],
    ['a cookie', { cookie: [`a=b; t=${token}`] }, '/'],
    ['the query', {}, `/?token=${token}`],
    ['the path', {}, `/flags/${token}`],
    ['the query, percent-encoded', {}, `/?q=${token.replaceAll('_', '%5F')}`],
    ['the parameter of RFC 6750, whatever it holds', {}, '/?access_token=x'],
  ])('is refused as misplaced in %s', (_, headers, url) => {
    expect(find(headers as Record<string, string[]>, url)).toEqual({ type: 'misplaced' });
  });

  it('is not seen in a token id, which is public', () => {
    expect(find({ authorization: [token] }, '/tokens/3fK0aZ81bQ7rTx2m?of=lk_pat_3fK0aZ81bQ7rTx2m').type).toBe('found');
  });
});
