import { EventEmitter } from 'node:events';
import { fstatSync, writeSync } from 'node:fs';

/** A stream that may be a terminal. */
export interface TextStream extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** @returns false where further text had better wait for the event `drain`. */
  write(chunk: string | Uint8Array): boolean;
}

type StandardName = 'stdout' | 'stderr';
const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/**
 * Standard output or error. Node's own streams take milliseconds to load all that sockets and terminals need; what is
 * written to a pipe or file goes there at once, as Node's own do it as well.
 * @see https://nodejs.org/api/process.html#a-note-on-process-io
 */
export function openStandardStream(name: StandardName): TextStream {
  return isPlain(DESCRIPTORS[name]) ? new PlainStream(name) : process[name];
}

function isPlain(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFIFO() || status.isFile() || status.isSocket();
  } catch {
    return false;
  }
}

class PlainStream extends EventEmitter implements TextStream {
  readonly #name: StandardName;
  /** Node's own stream takes over where a reader is slow and does not let anyone wait. */
  #successor: TextStream | null = null;

  constructor(name: StandardName) {
    super();
    this.#name = name;
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.#successor !== null) return this.#successor.write(chunk);
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(DESCRIPTORS[this.#name], bytes, at);
      return true;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'EAGAIN')
        return this.#handOver().write(bytes.subarray(at));
      this.emit('error', fault);
      return true;
    }
  }

  #handOver(): TextStream {
    this.#successor = process[this.#name];
    for (const event of ['error', 'drain'] as const) {
      this.#successor.on(event, (...given: unknown[]) => this.emit(event, ...given));
    }
    return this.#successor;
  }
}
