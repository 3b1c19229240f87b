import { text } from 'node:stream/consumers';
import { serveCacheCall } from '../adapters/actions-cache/serve-cache-call.ts';
import { toVarveError } from '../base/errors.ts';

try {
  const told = await text(process.stdin);
  if (told !== '') await serveCacheCall(JSON.parse(told));
} catch (fault) {
  process.stderr.write(toVarveError(fault).message);
  process.exitCode = 1;
}
