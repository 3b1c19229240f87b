import type { PackedFault } from './packed-fault.ts';

/** What a worker says of the one task that it has. `done` and `fault` end the task. */
export type FromWorker<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'done' }
  | { readonly kind: 'fault'; readonly fault: PackedFault };
