import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, getCACertificates } from 'node:tls';
import { VarveError } from '../../../../base/errors.ts';
import { readAtOnce } from '../../../../base/read-file.ts';
import type { ConnectionSettings } from './connection-settings.ts';

/** How one try to connect is encrypted; false is not at all. */
export type Encryption = false | ConnectionOptions;

/**
 * The ways to connect, in the order in which they are tried. As libpq has it: only `verify-ca` and `verify-full` know
 * whom they talk to, `require` does where a root certificate is there, and a Unix socket needs no encryption.
 * @throws VarveError `unreachable` for a certificate file that cannot be read.
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function encryptionsOf(settings: ConnectionSettings): Encryption[] {
  const { host, sslMode } = settings;
  if (host.startsWith('/') || sslMode === 'disable') return [false];
  const encrypted = encryptionOf(settings);
  if (sslMode === 'allow') return [false, encrypted];
  return sslMode === 'prefer' ? [encrypted, false] : [encrypted];
}

function encryptionOf(settings: ConnectionSettings): ConnectionOptions {
  const { sslMode, certificate, key } = settings;
  const own = {
    ...(certificate !== null && { cert: readCertificate(certificate) }),
    ...(key !== null && { key: readCertificate(key) }),
  };
  const authorities = authoritiesOf(settings);
  const verified = sslMode.startsWith('verify-') || (sslMode === 'require' && authorities !== null);
  if (!verified) return { ...own, rejectUnauthorized: false };
  const anyName = sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined };
  return { ...own, ...anyName, rejectUnauthorized: true, ...(authorities !== null && { ca: authorities }) };
}

/** The authorities that were named, or that stand where libpq looks for them; null when there are none. */
function authoritiesOf({ rootCertificate, certificateFolder }: ConnectionSettings): string[] | null {
  if (rootCertificate === 'system') return [...getCACertificates('default'), ...getCACertificates('system')];
  if (rootCertificate !== null) return [readCertificate(rootCertificate)];
  const usual = join(certificateFolder, 'root.crt');
  return existsSync(usual) ? [readCertificate(usual)] : null;
}

function readCertificate(path: string): string {
  try {
    return readAtOnce(path).toString('utf8');
  } catch (cause) {
    throw new VarveError('unreachable', `cannot read the certificate file ${path}`, {
      object: path,
      cause,
      hint: 'name it with sslrootcert, sslcert or sslkey, or in PGSSLROOTCERT, PGSSLCERT or PGSSLKEY',
    });
  }
}
