import { type ErrorCode, VarveError } from '../errors.ts';

/** A message to a worker. It has one task at a time. */
export type ToWorker<Request> =
  | { readonly kind: 'task'; readonly request: Request }
  /** The flag says so too, to a task that reads no messages. */
  | { readonly kind: 'give-up' };

/** What a worker says of its task. `done` and `fault` end it. */
export type FromWorker<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'done' }
  | { readonly kind: 'fault'; readonly fault: PackedFault };

/** An error as it goes from thread to thread: cloning keeps neither its class nor its own fields. */
export interface PackedFault {
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PackedFault | undefined;
  /** What only a VarveError has. */
  readonly varve: { readonly code: ErrorCode; readonly object?: string; readonly hint?: string } | undefined;
}

/** Packs whatever was thrown; what is not an error is sent as text. */
export function packFault(fault: unknown): PackedFault {
  const error = fault instanceof Error ? fault : new Error(String(fault));
  return {
    message: error.message,
    stack: error.stack,
    cause: error.cause === undefined ? undefined : packFault(error.cause),
    varve: error instanceof VarveError ? ownFields(error) : undefined,
  };
}

/** The error again, with the stack of the thread where it was thrown. */
export function unpackFault({ message, stack, cause, varve }: PackedFault): Error {
  const details = cause === undefined ? {} : { cause: unpackFault(cause) };
  const error =
    varve === undefined
      ? new Error(message, details)
      : new VarveError(varve.code, message, { ...varve, ...details });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function ownFields({ code, object, hint }: VarveError): PackedFault['varve'] {
  return { code, ...(object !== undefined && { object }), ...(hint !== undefined && { hint }) };
}
