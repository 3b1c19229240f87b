import { createHash, type Hash } from 'node:crypto';
import { sniffForeign } from '../../base/compression/format.ts';
import { type Digest, digestFromHex } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import type { LayerReading } from './layer-reader.ts';
import { LayerScan, type LayerScanOptions } from './layer-scan.ts';

/** A layer's uncompressed bytes: a synchronous push machine that hashes, counts and scans them as they come. */
export class LayerContent {
  readonly #object: string;
  readonly #limits: Limits;
  #hash: Hash | null = createHash('sha256');
  readonly #scan: LayerScan | null;
  #size = 0;
  #fault: VarveError | null = null;
  #foreignFormat: string | null = null;

  /** Without analyzers the tar is hashed and not looked into. */
  constructor(options: LayerScanOptions) {
    this.#object = options.object;
    this.#limits = options.limits;
    this.#scan = options.analyzers.length > 0 ? new LayerScan(options) : null;
  }

  get size(): number {
    return this.#size;
  }

  /** What is wrong with the tar. The bytes are hashed to their end all the same: wrong bytes explain a bad tar. */
  get fault(): VarveError | null {
    return this.#fault;
  }

  /** Says, before the first byte, that somebody else hashes the same bytes. */
  leaveHashing(): void {
    this.#hash = null;
  }

  /** Takes the next bytes. @throws VarveError `limit-exceeded`, at the byte that is one too many. */
  push(chunk: Uint8Array): void {
    if (this.#size === 0) this.#foreignFormat = sniffForeign(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#limits.layerBytes) throw limitExceeded('layerBytes', this.#limits, this.#object);
    this.#hash?.update(chunk);
    this.#scanning((scan) => scan.push(asBuffer(chunk)));
  }

  /** Ends the bytes. @returns the diffID; null when hashing was left to somebody else. */
  end(): Digest | null {
    this.#scanning((scan) => scan.end());
    return this.#hash === null ? null : digestFromHex(this.#hash.digest('hex'));
  }

  /** What the analyzers made of a layer that ended without fault. */
  analyzed(diffId: Digest): Pick<LayerReading, 'fragments' | 'findings'> {
    const fragments = this.#scan?.fragments({ diffId, uncompressedSize: this.#size }) ?? [];
    return { fragments, findings: this.#scan?.findings() ?? [] };
  }

  #scanning(step: (scan: LayerScan) => void): void {
    if (this.#scan === null || this.#fault !== null) return;
    try {
      step(this.#scan);
    } catch (fault) {
      if (!(fault instanceof VarveError) || fault.code === 'limit-exceeded') throw fault;
      this.#fault = this.#foreignFormat === null ? fault : this.#foreign(this.#foreignFormat);
    }
  }

  #foreign(format: string): VarveError {
    return new VarveError(
      'unsupported',
      `${this.#object}: it is compressed with ${format}, which is not supported`,
      {
        object: this.#object,
        hint: 'convert the image to gzip or zstd layers, with skopeo copy --dest-compress for one',
      },
    );
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
