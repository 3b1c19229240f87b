import { VarveError } from '../../base/errors.ts';
import type { Service } from './service.ts';

/** A URL as it may be shown: what stands behind the path of a redirect is often as good as a password. */
export function redactUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/**
 * The address that a server points to, which may be relative to the address of the request.
 * @throws VarveError `unreachable` when it is not a web address, `denied` when it would no longer be encrypted.
 */
export function resolveLocation(location: string, from: URL, { name }: Pick<Service, 'name'>): URL {
  const object = redactUrl(from);
  const target = URL.parse(location, from.href);
  if (target === null || !['http:', 'https:'].includes(target.protocol)) {
    throw new VarveError('unreachable', `${object} redirects to something that is not a web address`, {
      object,
    });
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new VarveError('denied', `${object} redirects to ${redactUrl(target)}, which is not encrypted`, {
      object,
      hint: `a proxy before ${name} may have to send X-Forwarded-Proto: https`,
    });
  }
  return target;
}
