/** What kind of fault a code stands for; `entry` maps each kind to an exit status. */
export type FaultKind = 'usage' | 'bytes' | 'outside' | 'internal' | 'interrupted';

const ANEW = 'make or fetch it again';

/** The closed list of error codes: kind, one sentence for the documentation, and what helps where nothing says better. */
export const ERROR_CODES = {
  'bad-option': ['usage', 'An option, input or setting has a value that is not allowed.'],
  'bad-reference': ['usage', 'An image reference or digest is not well formed.'],
  'image-not-found': ['usage', 'No image is at that place or under that name.'],
  'platform-not-found': ['usage', 'The image has no manifest for the wanted platform.'],
  'not-an-image': ['usage', 'The manifest is an attestation or another artifact, not a container image.'],
  'layer-not-found': ['usage', 'The image has no such layer.'],
  'path-not-found': ['usage', 'The image has no such path.'],
  'not-in-store': ['usage', 'The store has no such item, snapshot or history entry.'],
  malformed: [
    'bytes',
    'Bytes do not have the form that their format demands.',
    `it is damaged, or was written in another form: ${ANEW}`,
  ],
  truncated: ['bytes', 'Bytes end before their format says they may.', `it was copied only in part: ${ANEW}`],
  'digest-mismatch': [
    'bytes',
    'Bytes do not hash to the digest they are named by.',
    `it was damaged or replaced: ${ANEW}`,
  ],
  'size-mismatch': [
    'bytes',
    'Bytes are more or fewer than their descriptor says.',
    `it was copied only in part, or replaced: ${ANEW}`,
  ],
  'diff-id-mismatch': ['bytes', 'A layer does not uncompress to the diffID that the config claims.'],
  'limit-exceeded': ['bytes', 'Something is larger than the limit set for it.'],
  unsupported: ['bytes', 'A well-formed thing of a kind that Varve does not read.'],
  'blob-missing': [
    'bytes',
    'A manifest names a blob that the transport does not hold.',
    `it was copied only in part: ${ANEW}`,
  ],
  denied: ['outside', 'Access was refused.'],
  unreachable: ['outside', 'A file, disk, daemon or server cannot be reached or fails.'],
  'storage-differs': ['outside', "An engine's own storage does not give the layer that it stands for."],
  'store-unwritable': ['outside', 'The store cannot be written: disk full, read-only or refused.'],
  internal: ['internal', 'A fault in Varve itself.'],
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
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'VarveError';
    this.code = code;
    this.object = details.object;
    this.hint = details.hint;
  }

  get kind(): FaultKind {
    return ERROR_CODES[this.code][0];
  }

  /** Whether nothing else can make up for it: a fault in Varve itself, or an interruption. */
  get isFatal(): boolean {
    return this.kind === 'internal' || this.kind === 'interrupted';
  }
}

/** Gives back a VarveError as it is, and anything else as the cause of one. */
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

/** Does something; a fault of one of these kinds is given back. @throws any other. */
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

/** What Node adds to what is wrong with a certificate. */
const ADVICE_OF_NODE = /; if the root CA is installed locally.*$/;

/** What an error says, in one line: of one of OpenSSL's the reason alone. */
export function reasonOf(fault: unknown): string {
  const text = fault instanceof Error ? fault.message : String(fault);
  return OPENSSL.exec(text)?.[1] ?? text.replace(ADVICE_OF_NODE, '');
}

/** A fault with what to do about it, on one line: for where it is reported and not thrown. */
export function tellFault({ message, hint }: VarveError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
