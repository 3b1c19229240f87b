import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sniff } from '../../../base/compression/format.ts';
import { toVarveError, VarveError } from '../../../base/errors.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { BLOCK } from '../../../base/tar/header-block.ts';
import { TarScanner } from '../../../base/tar/tar-scanner.ts';
import type { ImageSource } from '../../../core/image/image-source.ts';
import { parseDigestPrefix } from '../../../core/words/digest-prefix.ts';
import { writeFault } from '../../filesystem/file-fault.ts';
import { makeTemporaryFolder } from '../../filesystem/temporary-folder.ts';
import { openDetected } from './file-sources.ts';
import { checkBeginning } from './open-files.ts';

export interface StandardInputOptions {
  readonly limits: Limits;
  /** Folder for the file that the archive is put down in: it is read by seeking. */
  readonly temporaryFolder: string;
  /** Takes the file, which goes when the source is closed, and at an early end too. */
  readonly resources: AsyncDisposableStack;
  readonly signal: AbortSignal | undefined;
}

/** What every reference of it is, with a selector or without: `-`, `-:NAME:TAG`, `-@DIGEST`. */
const PREFIX = '-';

/** An archive on standard input: `docker save shop/web | varve inspect -`. */
export function createStandardInputSource({
  limits,
  temporaryFolder,
  resources,
  signal,
}: StandardInputOptions): ImageSource {
  let isTaken = false;
  return {
    prefix: PREFIX,
    async open(reference) {
      const [isOne, selector = null, written = null] = /^-(?::(.+)|@(.+))?$/s.exec(reference) ?? [];
      const digest = written === null ? null : (parseDigestPrefix(written)?.text ?? null);
      if (isOne === undefined || (written !== null && digest === null)) throw notAReference(reference);
      if (process.stdin.isTTY) throw nothingGiven();
      if (isTaken) throw takenTwice();
      isTaken = true;
      const folder = resources.use(await makeTemporaryFolder(temporaryFolder, 'varve-stdin-'));
      try {
        const path = join(folder.path, 'image.tar');
        await putDown(path, limits, signal);
        const opened = await openDetected(
          { transport: null, text: path, path, selector, digest, pathOnly: true },
          limits,
        );
        return {
          ...opened,
          reference,
          pathName: 'stdin',
          async [Symbol.asyncDispose]() {
            await opened[Symbol.asyncDispose]();
            await folder[Symbol.asyncDispose]();
          },
        };
      } catch (fault) {
        await folder[Symbol.asyncDispose]();
        throw nameInput(fault, folder.path);
      }
    },
  };
}

/** The file is ours, and gone: people know it as standard input. */
function nameInput(fault: unknown, folder: string): VarveError {
  const error = toVarveError(fault);
  const { code, message, hint, cause } = error;
  if (!message.includes(folder)) return error;
  const said = message
    .replaceAll(join(folder, 'image.tar'), 'standard input')
    .replace('an empty file', 'empty');
  return new VarveError(code, said, {
    object: PREFIX,
    ...(hint !== undefined && { hint }),
    cause,
  });
}

async function putDown(path: string, limits: Limits, signal: AbortSignal | undefined): Promise<void> {
  try {
    const archive = checkArchive(process.stdin, path, limits);
    await pipeline(archive, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (fault) {
    signal?.throwIfAborted();
    throw writeFault(fault, path);
  }
}

/** What may follow the end of an archive: programs fill up their last record. */
const MOST_PADDING = 2 * 1024 * 1024;

/** Hands on what is an archive so far. Its writer may never end: what is not an archive is not read on. */
async function* checkArchive(
  source: AsyncIterable<Buffer>,
  path: string,
  limits: Limits,
): AsyncGenerator<Buffer> {
  const scanner = new TarScanner({ handler: { enter() {}, content() {}, leave() {} }, limits, object: path });
  let beginning: Buffer | null = Buffer.alloc(0);
  let isTar = false;
  let size = 0;
  let padding = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limits.layerBytes) throw limitExceeded('layerBytes', limits, `${path}: its size`);
    if (scanner.ended) padding += chunk.length;
    if (padding > MOST_PADDING) return;
    if (beginning === null) {
      if (isTar) scanner.push(chunk);
    } else {
      beginning = Buffer.concat([beginning, chunk]);
      if (beginning.length >= BLOCK) {
        checkBeginning(path, beginning.subarray(0, BLOCK));
        isTar = sniff(beginning) === 'none';
        if (isTar) scanner.push(beginning);
        beginning = null;
      }
    }
    yield chunk;
  }
}

const notAReference = (text: string) =>
  new VarveError('bad-reference', `${text} is neither an option nor an image`, {
    object: text,
    hint: 'an archive on standard input is -, and an image in it -:NAME:TAG or -@DIGEST',
  });

const nothingGiven = () =>
  new VarveError('bad-reference', 'nothing is piped to standard input, which - stands for', {
    object: PREFIX,
    hint: 'pipe an archive to it: docker save shop/web | varve snapshot -',
  });

const takenTwice = () =>
  new VarveError('bad-reference', 'standard input holds one archive, and - is given twice', {
    object: PREFIX,
    hint: 'save one of the images to a file',
  });
