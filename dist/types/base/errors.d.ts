/** What kind of fault a code stands for; `entry` maps each kind to an exit status. */
export type FaultKind = 'usage' | 'bytes' | 'outside' | 'internal' | 'interrupted';
/** The closed list of error codes: kind, one sentence for the documentation, and what helps where nothing says better. */
export declare const ERROR_CODES: {
    readonly 'bad-option': readonly ["usage", "An option, input or setting has a value that is not allowed."];
    readonly 'bad-reference': readonly ["usage", "An image reference or digest is not well formed."];
    readonly 'image-not-found': readonly ["usage", "No image is at that place or under that name."];
    readonly 'platform-not-found': readonly ["usage", "The image has no manifest for the wanted platform."];
    readonly 'not-an-image': readonly ["usage", "The manifest is an attestation or another artifact, not a container image."];
    readonly 'layer-not-found': readonly ["usage", "The image has no such layer."];
    readonly 'path-not-found': readonly ["usage", "The image has no such path."];
    readonly 'not-in-store': readonly ["usage", "The store has no such item, snapshot or history entry."];
    readonly malformed: readonly ["bytes", "Bytes do not have the form that their format demands.", "it is damaged, or was written in another form: make or fetch it again"];
    readonly truncated: readonly ["bytes", "Bytes end before their format says they may.", "it was copied only in part: make or fetch it again"];
    readonly 'digest-mismatch': readonly ["bytes", "Bytes do not hash to the digest they are named by.", "it was damaged or replaced: make or fetch it again"];
    readonly 'size-mismatch': readonly ["bytes", "Bytes are more or fewer than their descriptor says.", "it was copied only in part, or replaced: make or fetch it again"];
    readonly 'diff-id-mismatch': readonly ["bytes", "A layer does not uncompress to the diffID that the config claims."];
    readonly 'limit-exceeded': readonly ["bytes", "Something is larger than the limit set for it."];
    readonly unsupported: readonly ["bytes", "A well-formed thing of a kind that Varve does not read."];
    readonly 'blob-missing': readonly ["bytes", "A manifest names a blob that the transport does not hold.", "it was copied only in part: make or fetch it again"];
    readonly denied: readonly ["outside", "Access was refused."];
    readonly unreachable: readonly ["outside", "A file, disk, daemon or server cannot be reached or fails."];
    readonly 'storage-differs': readonly ["outside", "An engine's own storage does not give the layer that it stands for."];
    readonly 'store-unwritable': readonly ["outside", "The store cannot be written: disk full, read-only or refused."];
    readonly internal: readonly ["internal", "A fault in Varve itself."];
    readonly interrupted: readonly ["interrupted", "The run was told to end."];
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
    /** Whether nothing else can make up for it: a fault in Varve itself, or an interruption. */
    get isFatal(): boolean;
}
/** Gives back a VarveError as it is, and anything else as the cause of one. */
export declare function toVarveError(fault: unknown): VarveError;
/** The error for a run that is told to end. */
export declare function interruption(cause?: unknown): VarveError;
/** Does something; a fault of one of these kinds is given back. @throws any other. */
export declare function attempt<T>(kinds: readonly FaultKind[], action: () => Promise<T>): Promise<T | VarveError>;
/** What an error says, in one line: of one of OpenSSL's the reason alone. */
export declare function reasonOf(fault: unknown): string;
/** A fault with what to do about it, on one line: for where it is told and not thrown. */
export declare function tellFault({ message, hint }: VarveError): string;
