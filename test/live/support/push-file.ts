/** Pushes a file to a registry, and prints the most memory that this took, in bytes: `push-file HOST FILE SIZE DIGEST`. */
import { DEFAULT_PATIENCE } from '../../../src/adapters/http/network-options.ts';
import { Registries } from '../../../src/adapters/registry/registries.ts';
import { parseDigest } from '../../../src/base/digest.ts';
import { sourceOfFile } from '../../../src/base/range-source.ts';

const [host = '', file = '', size = '', digest = ''] = process.argv.slice(2);
await using registries = new Registries({
  caFile: null,
  plainHttp: false,
  credentialsFile: null,
  proxies: { http: '', https: '', none: '' },
  patience: DEFAULT_PATIENCE,
});
const repository = await registries.find(host, 'large');
await repository.pushBlob(parseDigest(digest), sourceOfFile(file, Number(size)));
console.log(process.resourceUsage().maxRSS * 1024);
