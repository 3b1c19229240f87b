export { ARTIFACT_TYPES, fileNameOfType, mediaTypeOfFile } from '../../core/artifact/media-type.ts';
/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface BlobDescriptor {
    readonly mediaType: string;
    /** `sha256:` and 64 lowercase hexadecimal digits. */
    readonly digest: string;
    /** In bytes. */
    readonly size: number;
}
/** Bytes that an artifact consists of. */
export interface ArtifactBlob {
    readonly digest: string;
    /** In bytes. */
    readonly size: number;
    /** The bytes; each call reads them again. */
    read(): AsyncIterable<Uint8Array>;
}
/** An artifact, ready to be pushed: first its blobs, then its manifest. */
export interface PackagedFolder {
    /** The descriptor of the manifest, and its exact bytes. */
    readonly manifest: BlobDescriptor & {
        readonly bytes: Uint8Array;
    };
    /** Each blob once. */
    readonly blobs: readonly ArtifactBlob[];
}
export interface PackageOptions {
    /** What the artifact is as a whole; that of a folder of files unless told otherwise. */
    readonly artifactType?: string;
    /** Left out, there is none: the manifest has the empty descriptor. */
    readonly config?: {
        readonly mediaType: string;
        readonly bytes: Uint8Array;
    };
    /** The manifest that the artifact is about, whose referrer it then is. */
    readonly subject?: BlobDescriptor;
}
/** Gives the bytes of a blob, at once or in chunks. They need not be right: they are verified. */
export type FetchBlob = (blob: Pick<BlobDescriptor, 'digest' | 'size'>) => Promise<Uint8Array | AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;
/** A file of an artifact. */
export interface UnpackedFile {
    /** Its place below the folder, with slashes. */
    readonly path: string;
    readonly digest: string;
    /** In bytes. */
    readonly size: number;
}
/** The descriptor of some bytes. */
export declare function describeBlob(bytes: Uint8Array, mediaType: string): BlobDescriptor;
/**
 * Makes an artifact of the files below a folder, one layer a file. The same files give the same artifact. They are read
 * once for their digests, and once more when the blobs are read.
 * @throws VarveError `unsupported` for links, pipes and the like; `malformed` for a path that no title can be;
 * `bad-option` where there is no file, `bad-reference` for a subject that is not a digest; `unreachable`.
 */
export declare function packageFolder(folder: string, options?: PackageOptions): Promise<PackagedFolder>;
/**
 * Writes the files of an artifact to a folder, each verified by size and digest. The folder is there whole, or not at
 * all.
 * @param manifest its exact bytes.
 * @param folder new or empty.
 * @throws VarveError `size-mismatch`, `digest-mismatch`; `malformed` for titles that lead out of the folder;
 * `not-an-image` for a container image, `unsupported` for files that are not Varve's; `unreachable` for what fetching
 * throws; `bad-option` for a folder that has something in it; `store-unwritable`; `limit-exceeded`.
 */
export declare function unpackFolder(manifest: Uint8Array, folder: string, fetch: FetchBlob): Promise<readonly UnpackedFile[]>;
