import { withoutUrlSecrets } from './secrets.ts';

/** What kind of fault a code stands for; `entry` maps each kind to an exit status. */
export type FaultKind = 'usage' | 'bytes' | 'outside' | 'internal' | 'interrupted';

const AGAIN = 'make or fetch it again';

/** The closed list of error codes: kind, one sentence for the documentation, and what helps where nothing says better. */
export const ERROR_CODES = {
  'bad-option': ['usage', 'An option, input or setting has a value that is not allowed.'],
  'bad-reference': ['usage', 'An image reference or digest is not valid.'],
  'image-not-found': ['usage', 'No image was found at that path or under that name.'],
  'platform-not-found': ['usage', 'The image is not for that platform.'],
  'not-an-image': ['usage', 'The manifest is an attestation or another artifact, not a container image.'],
  'layer-not-found': ['usage', 'The image has no such layer.'],
  'path-not-found': ['usage', 'The image has no such path.'],
  'kit-not-found': ['usage', 'No kit was found at that path.'],
  'not-in-store': ['usage', 'The store has no such item, snapshot or history entry.'],
  malformed: [
    'bytes',
    'The data is not valid in its format.',
    `it is damaged, or was written in another form: ${AGAIN}`,
  ],
  truncated: ['bytes', 'The data ends too early.', `it was copied only in part: ${AGAIN}`],
  'digest-mismatch': [
    'bytes',
    'The data does not have the digest that names it.',
    `it was damaged or replaced: ${AGAIN}`,
  ],
  'size-mismatch': [
    'bytes',
    'The data is longer or shorter than its descriptor says.',
    `it was copied only in part, or replaced: ${AGAIN}`,
  ],
  'diff-id-mismatch': ['bytes', 'The uncompressed layer does not have the diffID that the config claims.'],
  'limit-exceeded': ['bytes', 'Something is larger than its limit.'],
  unsupported: ['bytes', 'The data is valid, but of a kind that Varve does not read.'],
  'blob-missing': [
    'bytes',
    'A manifest names a blob that is not there.',
    `it was copied only in part: ${AGAIN}`,
  ],
  denied: ['outside', 'Access was refused.'],
  unreachable: ['outside', 'A file, disk, engine or server cannot be reached, or fails.'],
  'storage-differs': ['outside', "The layer in an engine's storage is not the one that the engine reported."],
  'store-unwritable': [
    'outside',
    'The store cannot be written: the disk is full, or the store is read-only or refuses access.',
  ],
  internal: ['internal', 'An error in Varve itself.'],
  interrupted: ['interrupted', 'A signal ended the run.'],
} as const satisfies Record<string, readonly [kind: FaultKind, meaning: string, remedy?: string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** The thing that the error is about: a path, digest, option, layer. */
  readonly object?: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error that crosses module boundaries: a code, the object's name, a cause and a hint. */
export class VarveError extends Error {
  readonly code: ErrorCode;
  readonly object: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(withoutUrlSecrets(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'VarveError';
    this.code = code;
    this.object = details.object && withoutUrlSecrets(details.object);
    this.hint = details.hint && withoutUrlSecrets(details.hint);
  }

  get kind(): FaultKind {
    return ERROR_CODES[this.code][0];
  }

  /** Whether the run cannot go on without it: an error in Varve itself, or an interruption. */
  get isFatal(): boolean {
    return this.kind === 'internal' || this.kind === 'interrupted';
  }
}

/** Returns a VarveError as it is, and anything else as the cause of one. */
export function toVarveError(fault: unknown): VarveError {
  if (fault instanceof VarveError) return fault;
  const message = fault instanceof Error ? fault.message : String(fault);
  // What an AbortSignal throws unless it is given a reason.
  if (fault instanceof Error && fault.name === 'AbortError') return interruption(fault);
  return new VarveError('internal', message, { cause: fault });
}

/** The error for a run that is told to end. */
export function interruption(cause?: unknown): VarveError {
  return new VarveError('interrupted', 'the run was interrupted', { ...(cause !== undefined && { cause }) });
}

/** Does something, and returns a fault of one of these kinds. @throws any other. */
export async function attempt<T>(
  kinds: readonly FaultKind[],
  action: () => Promise<T>,
): Promise<T | VarveError> {
  try {
    return await action();
  } catch (fault) {
    const error = toVarveError(fault);
    if (kinds.includes(error.kind)) return error;
    throw fault;
  }
}

/** `error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE`. @see https://docs.openssl.org/3.0/man3/ERR_error_string/ */
const OPENSSL = /\berror:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/;

/** The advice that Node adds to an error about a certificate. */
const ADVICE_OF_NODE = /; if the root CA is installed locally.*$/;

/** What an error says, in one line; of an OpenSSL error only the reason. */
export function reasonOf(fault: unknown): string {
  const text = fault instanceof Error ? fault.message : String(fault);
  return OPENSSL.exec(text)?.[1] ?? text.replace(ADVICE_OF_NODE, '');
}

/** A fault with what to do about it, on one line: for where it is reported and not thrown. */
export function tellFault({ message, hint }: VarveError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
