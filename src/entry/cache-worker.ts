import { serveCacheCall } from '../adapters/actions-cache/serve-cache-call.ts';

await serveCacheCall(JSON.parse(process.argv[2] ?? ''));
