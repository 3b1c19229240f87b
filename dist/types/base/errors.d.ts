/** What kind of fault a code stands for; `entry` maps each kind to an exit status. */
export type FaultKind = 'usage' | 'bytes' | 'outside' | 'internal' | 'interrupted';
/** The closed list of error codes: kind, one sentence for the documentation, and what helps where nothing says better. */
export declare const ERROR_CODES: {
    readonly 'bad-option': readonly ["usage", "An option, input or setting has a value that is not allowed."];
    readonly 'bad-reference': readonly ["usage", "An image reference or digest is not valid."];
    readonly 'image-not-found': readonly ["usage", "No image was found at that path or under that name."];
    readonly 'platform-not-found': readonly ["usage", "The image is not for that platform."];
    readonly 'not-an-image': readonly ["usage", "The manifest is an attestation or another artifact, not a container image."];
    readonly 'layer-not-found': readonly ["usage", "The image has no such layer."];
    readonly 'path-not-found': readonly ["usage", "The image has no such path."];
    readonly 'kit-not-found': readonly ["usage", "No kit was found at that path."];
    readonly 'not-in-store': readonly ["usage", "The store has no such item, snapshot or history entry."];
    readonly malformed: readonly ["bytes", "The data is not valid in its format.", "it is damaged, or was written in another form: make or fetch it again"];
    readonly truncated: readonly ["bytes", "The data ends too early.", "it was copied only in part: make or fetch it again"];
    readonly 'digest-mismatch': readonly ["bytes", "The data does not have the digest that names it.", "it was damaged or replaced: make or fetch it again"];
    readonly 'size-mismatch': readonly ["bytes", "The data is longer or shorter than its descriptor says.", "it was copied only in part, or replaced: make or fetch it again"];
    readonly 'diff-id-mismatch': readonly ["bytes", "The uncompressed layer does not have the diffID that the config claims."];
    readonly 'limit-exceeded': readonly ["bytes", "Something is larger than its limit."];
    readonly unsupported: readonly ["bytes", "The data is valid, but of a kind that Varve does not read."];
    readonly 'blob-missing': readonly ["bytes", "A manifest names a blob that is not there.", "it was copied only in part: make or fetch it again"];
    readonly denied: readonly ["outside", "Access was refused."];
    readonly unreachable: readonly ["outside", "A file, disk, engine or server cannot be reached, or fails."];
    readonly 'storage-differs': readonly ["outside", "The layer in an engine's storage is not the one that the engine reported."];
    readonly 'store-unwritable': readonly ["outside", "The store cannot be written: the disk is full, or the store is read-only or refuses access."];
    readonly internal: readonly ["internal", "An error in Varve itself."];
    readonly interrupted: readonly ["interrupted", "A signal ended the run."];
};
export type ErrorCode = keyof typeof ERROR_CODES;
export interface ErrorDetails {
    /** The thing that the error is about: a path, digest, option, layer. */
    readonly object?: string;
    /** What the reader can do about it. */
    readonly hint?: string;
    readonly cause?: unknown;
}
/** The one error that crosses module boundaries: a code, the object's name, a cause and a hint. */
export declare class VarveError extends Error {
    readonly code: ErrorCode;
    readonly object: string | undefined;
    readonly hint: string | undefined;
    constructor(code: ErrorCode, message: string, details?: ErrorDetails);
    get kind(): FaultKind;
    /** Whether the run cannot go on without it: an error in Varve itself, or an interruption. */
    get isFatal(): boolean;
}
/** Returns a VarveError as it is, and anything else as the cause of one. */
export declare function toVarveError(fault: unknown): VarveError;
/** The error for a run that is told to end. */
export declare function interruption(cause?: unknown): VarveError;
/** Does something, and returns a fault of one of these kinds. @throws any other. */
export declare function attempt<T>(kinds: readonly FaultKind[], action: () => Promise<T>): Promise<T | VarveError>;
/** What an error says, in one line; of an OpenSSL error only the reason. */
export declare function reasonOf(fault: unknown): string;
/** A fault with what to do about it, on one line: for where it is reported and not thrown. */
export declare function tellFault({ message, hint }: VarveError): string;
