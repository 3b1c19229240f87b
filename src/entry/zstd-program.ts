import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { decode } from '../base/compression/decode.ts';
import { toVarveError } from '../base/errors.ts';

// Stands in for zstd, zstdmt and unzstd where a machine has none: from standard input to standard output.

try {
  switch (process.argv[2]) {
    case 'compress':
      await pipeline(process.stdin, createZstdCompress(), process.stdout);
      break;
    case 'uncompress':
      await pipeline(decode(process.stdin, { format: 'zstd', object: 'the archive' }), process.stdout);
      break;
    default:
      process.stdout.write(`zstd of Node.js ${process.version}\n`);
  }
} catch (fault) {
  process.stderr.write(`${toVarveError(fault).message}\n`);
  process.exitCode = 1;
}
