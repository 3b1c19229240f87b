import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a request in the registry's place; true when it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

/** A fault that happens to the first requests whose path matches. */
export function times(count: number, path: RegExp, fault: (...args: Parameters<Fault>) => void): Fault {
  let left = count;
  return (request, ...rest) => {
    if (left === 0 || !path.test(request.url ?? '')) return false;
    left -= 1;
    fault(request, ...rest);
    return true;
  };
}

/** A fault that happens to the first requests of a method whose path matches. */
export function timesOf(
  method: string,
  count: number,
  path: RegExp,
  fault: (...args: Parameters<Fault>) => void,
): Fault {
  const inner = times(count, path, fault);
  return (request, ...rest) => request.method === method && inner(request, ...rest);
}

/** Does what the first requests of a method ask for, and breaks the connection in place of the answer. */
export function losesReplies(method: string, count: number, path: RegExp): Fault {
  let left = count;
  return (request, response) => {
    if (left === 0 || request.method !== method || !path.test(request.url ?? '')) return false;
    left -= 1;
    response.writeHead = () => response;
    response.end = () => response.destroy();
    return false;
  };
}
