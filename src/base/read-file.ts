import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from './errors.ts';

const CHUNK = 64 * 1024;
/** Milliseconds between two looks at a pipe that has nothing yet. */
const PIPE_DELAY = 20;
/** Bytes that a file of certificates, credentials or settings of another program has at most. */
export const SMALL_FILE = 4 * 1024 * 1024;

/**
 * Reads what a path leads to, even a pipe or a device, and never waits for a writer.
 * @param tooLarge the error for more than `maxBytes`, which are all that is read.
 * @throws the fault of the operating system, EAGAIN for a pipe that has nothing yet; an error for one that nobody writes to.
 */
export function readAtOnce(path: string, maxBytes: number = SMALL_FILE, tooLarge?: () => Error): Buffer {
  using file = new OpenFile(path, maxBytes, tooLarge);
  while (file.readOn());
  return file.content();
}

/** The same, but waits for who writes to a pipe. Between two looks the process can be told to end. */
export async function readFileOrPipe(
  path: string,
  maxBytes: number = SMALL_FILE,
  tooLarge?: () => Error,
): Promise<Buffer> {
  using file = new OpenFile(path, maxBytes, tooLarge);
  for (;;) {
    try {
      if (!file.readOn()) return file.content();
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EAGAIN' || !file.isPipe) throw fault;
      await sleep(PIPE_DELAY);
    }
  }
}

class OpenFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #tooLarge: () => Error;
  readonly #descriptor: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(path: string, maxBytes: number, tooLarge: () => Error = () => overLimit(path, maxBytes)) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#tooLarge = tooLarge;
    // Opening a pipe that nobody writes to would hold up this thread, and then the end of the process.
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** Whether its bytes come from another program. Those of a device or of the kernel may never come. */
  get isPipe(): boolean {
    return fstatSync(this.#descriptor).isFIFO();
  }

  /** Reads a chunk. False at the end. */
  readOn(): boolean {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSync(this.#descriptor, chunk);
    this.#size += read;
    if (this.#size > this.#maxBytes) throw this.#tooLarge();
    this.#chunks.push(chunk.subarray(0, read));
    return read > 0;
  }

  /** All that was read. */
  content(): Buffer {
    if (this.#size === 0 && this.isPipe) {
      throw new Error(`nobody writes to the pipe ${this.#path}`);
    }
    return Buffer.concat(this.#chunks);
  }
}

function overLimit(path: string, maxBytes: number): VarveError {
  return new VarveError('limit-exceeded', `${path} has more than ${maxBytes} bytes`, { object: path });
}
