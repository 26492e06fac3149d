import { fail } from '../failure/cli-failure.ts';

const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where Latchkey is mounted, without a slash at its end. A credential is sent in every call: over the network in the clear
 * only where the caller says so. @throws CliFailure
 */
export const parseAddress = (text: string, allowHttp: boolean): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || !/^https?:$/.test(url.protocol)) throw fail('URL_INVALID');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && !allowHttp) throw fail('URL_IN_CLEAR');
  return url.href.replace(/\/+$/, '');
};
