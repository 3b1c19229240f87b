import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

/** Makes a throw-away authority, `ca.pem`, and a certificate of this machine from it, `server.pem` and `server.key`. */
export async function makeCertificate(folder: string): Promise<void> {
  await ensurePackages('openssl');
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=throw-away',
  );
  await openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=registry');
  writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signer = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'names.cnf',
    '-days',
    '2',
  ];
  await openssl('x509', '-req', '-in', 'server.csr', ...signer, '-out', 'server.pem');
}
