import { serveCacheCall } from '../adapters/actions-cache/serve-cache-call.ts';
import { toVarveError } from '../base/errors.ts';

try {
  await serveCacheCall(JSON.parse(process.argv[2] ?? ''));
} catch (fault) {
  process.stderr.write(toVarveError(fault).message);
  process.exitCode = 1;
}
