import { VarveError } from '../../../base/errors.ts';
import { redactUrl } from './http-faults.ts';

/**
 * The address that a server sends one to, be it relative to where it was asked.
 * @throws VarveError `unreachable` when it is no web address, `denied` when it would no longer be encrypted.
 */
export function resolveLocation(location: string, from: URL): URL {
  const object = redactUrl(from);
  const target = URL.parse(location, from.href);
  if (target === null || !['http:', 'https:'].includes(target.protocol)) {
    throw new VarveError('unreachable', `${object} redirects to what is no web address`, { object });
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new VarveError('denied', `${object} redirects to ${redactUrl(target)}, which is not encrypted`, {
      object,
      hint: 'a proxy before the registry may have to say X-Forwarded-Proto: https',
    });
  }
  return target;
}
