import type { PackedFault } from './packed-fault.ts';

/** What a worker is told. It has one task at a time. */
export type ToWorker<Request> =
  | { readonly kind: 'task'; readonly request: Request }
  /** The flag says so too, to a task that reads no messages. */
  | { readonly kind: 'give-up' };

/** What a worker says of its task. `done` and `fault` end it. */
export type FromWorker<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'done' }
  | { readonly kind: 'fault'; readonly fault: PackedFault };
