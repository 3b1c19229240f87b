import { VarveError } from '../../../base/errors.ts';

const SCHEMES = new Set(['http:', 'https:', 'socks5:']);

/**
 * The URL of a proxy, which users may write without its scheme.
 * @param variable which the text is the value of, for errors: the text may have a password in it.
 * @returns null for an empty text.
 * @throws VarveError `bad-option`.
 */
export function parseProxyAddress(text: string, variable: string): string | null {
  if (text === '') return null;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url !== null && url.hostname !== '' && SCHEMES.has(url.protocol)) return url.href;
  throw new VarveError('bad-option', `${variable} is no address of a proxy`, {
    object: variable,
    hint: 'write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT',
  });
}
