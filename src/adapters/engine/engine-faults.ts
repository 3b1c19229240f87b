import * as v from 'valibot';
import { reasonOf, VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { RefusalSchema } from './engine-messages.ts';

/** Codes of an address where nobody answers. */
const ABSENT: ReadonlySet<string> = new Set([
  ...['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
]);

/** The error for an engine that gives no answer, or not all of one. */
export function engineFault(fault: unknown, address: string): VarveError {
  if (fault instanceof VarveError) return fault;
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  if (code === 'EACCES' || code === 'EPERM') {
    return new VarveError('denied', `the engine at ${address} may not be used by this user`, {
      object: address,
      cause: fault,
      hint: 'run as a user of the group docker, or as root',
    });
  }
  const message = ABSENT.has(code)
    ? `no engine answers at ${address}`
    : `the engine at ${address}: ${reasonOf(fault)}`;
  return new VarveError('unreachable', message, {
    object: address,
    cause: fault,
    hint: hintFor(code),
  });
}

function hintFor(code: string): string {
  if (ABSENT.has(code)) return 'start it, or say where it is with DOCKER_HOST';
  if (/CERT|TLS|SSL|EPROTO|UNABLE_TO_/.test(code)) {
    return 'check DOCKER_TLS_VERIFY and the certificates in DOCKER_CERT_PATH';
  }
  return 'look into the log of the engine, and try again';
}

/** The error for a server that speaks another language. */
export function noEngine(address: string): VarveError {
  return new VarveError('unreachable', `what answers at ${address} is not a container engine`, {
    object: address,
    hint: 'check DOCKER_HOST, and set DOCKER_TLS_VERIFY=1 if the engine uses TLS',
  });
}

/** The error for an unexpected answer. @param body what the engine said. */
export function refusedByEngine(address: string, path: string, status: number, body: string): VarveError {
  const said = reasonIn(body);
  const object = `${address}${path}`;
  const denied = status === 401 || status === 403;
  return new VarveError(
    denied ? 'denied' : 'unreachable',
    `the engine at ${address} answered with ${status}${said === '' ? '' : `: ${said}`}`,
    {
      object,
      hint: denied
        ? 'the engine, or a proxy before it, does not allow this call'
        : 'look into the log of the engine, and try again',
    },
  );
}

function reasonIn(body: string): string {
  try {
    const parsed = v.safeParse(RefusalSchema, parseShallowJson(body));
    if (!parsed.success) return '';
    return 'message' in parsed.output ? String(parsed.output.message) : String(parsed.output.cause);
  } catch {
    return '';
  }
}
