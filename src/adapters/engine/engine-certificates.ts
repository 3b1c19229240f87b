import { join } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { readAtOnce } from '../../base/read-file.ts';

/** How a connection to an engine is secured: PEM texts, and whether the server's certificate must be good. */
export interface EngineTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly verify: boolean;
}

/** Reads `ca.pem`, `cert.pem` and `key.pem` of a folder; each may be absent. @throws VarveError `bad-option`. */
export function readCertificates(folder: string, verify: boolean): EngineTls {
  const read = (name: string): string | null => {
    const file = join(folder, name);
    try {
      return readAtOnce(file).toString('utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
      throw new VarveError('bad-option', `cannot read the engine's certificate in ${file}`, {
        object: file,
        cause,
      });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), verify };
}
