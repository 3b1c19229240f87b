/**
 * Which code inflates and compresses. `native` works synchronously in the calling thread, over interfaces that Node
 * does not document; `public` uses documented ones only; `auto` is `native` where that works on this Node.
 */
export type CodecEngine = 'auto' | 'native' | 'public';
