import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { VarveError } from '../../../../base/errors.ts';
import { withoutSecrets } from '../../../../base/secrets.ts';

/** Bytes of one answer: the largest that is asked for are pieces of 16 MiB, which come in hexadecimal digits. */
const LARGEST_ANSWER = 96 * 1024 * 1024;

/** What the driver calls once it speaks with the server, encrypted or not; its types do not tell. */
interface Connection extends EventEmitter {
  attachListeners(stream: Duplex): void;
}

/**
 * Keeps the driver from gathering answers without end, and from ending the process by a fault that it throws at a
 * message that is not well formed. Either ends the connection, and so the statement that waits for it. What the server
 * says of its errors never repeats the password.
 * @param password what was sent as such.
 */
export function guardAnswers(client: pg.Client, location: string, password: () => string): void {
  const connection: Connection = connectionOf(client);
  connection.on('errorMessage', (fault: Error) => redact(fault, password()));
  const attach = connection.attachListeners.bind(connection);
  let received = 0;
  connection.on('readyForQuery', () => {
    received = 0;
  });
  connection.attachListeners = (stream) => {
    const before = stream.listeners('data');
    attach(stream);
    const parsers = stream.listeners('data').filter((listener) => !before.includes(listener));
    for (const parser of parsers) stream.off('data', parser as () => void);
    stream.on('data', (bytes: Buffer) => {
      received += bytes.length;
      try {
        if (received > LARGEST_ANSWER) throw tooMuch(location);
        for (const parser of parsers) parser(bytes);
      } catch (fault) {
        stream.destroy(fault instanceof VarveError ? fault : notUnderstood(location, fault));
      }
    });
  };
}

/** @throws VarveError `internal` where the driver is made otherwise: its answers could not be bounded. */
function connectionOf({ connection }: { readonly connection: object }): Connection {
  if (isConnection(connection)) return connection;
  throw new VarveError('internal', 'the PostgreSQL driver has no connection that can be guarded');
}

const isConnection = (value: object): value is Connection =>
  typeof Reflect.get(value, 'attachListeners') === 'function' &&
  typeof Reflect.get(value, 'on') === 'function';

function redact(fault: Error, password: string): void {
  for (const name of Object.getOwnPropertyNames(fault)) {
    const value: unknown = Reflect.get(fault, name);
    if (typeof value === 'string') Object.assign(fault, { [name]: withoutSecrets(value, [password]) });
  }
}

function tooMuch(location: string): VarveError {
  return new VarveError('limit-exceeded', `${location} answers with more than ${LARGEST_ANSWER} bytes`, {
    object: location,
  });
}

function notUnderstood(location: string, cause: unknown): VarveError {
  return new VarveError('unreachable', `${location} does not speak the PostgreSQL protocol`, {
    object: location,
    cause,
    hint: 'check host and port, and any proxy in between',
  });
}
