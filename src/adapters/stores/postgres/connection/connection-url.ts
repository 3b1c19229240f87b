import { VarveError } from '../../../../base/errors.ts';

/** What a connection URL states; null and absent for what it leaves out. */
export interface ConnectionUrl {
  readonly user: string | null;
  readonly password: string | null;
  readonly host: string | null;
  readonly port: string | null;
  readonly database: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETERS = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'passfile',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
];

const URL_FORM =
  /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^:@/?#]*))?@)?(\[[0-9a-f:.]+\]|[^:@/?#[\]]*)(?::([^:@/?#]*))?(?:\/([^@/?#]*))?(?:\?([^@?#]*))?$/i;

/**
 * Takes a connection URL apart. WHATWG URLs know no empty hosts behind a user, nor sockets, so libpq's are read here.
 * @throws VarveError `bad-option`, which quotes nothing of the URL: where it is misspelled, any part may be the password.
 */
export function parseConnectionUrl(url: string): ConnectionUrl {
  const match = URL_FORM.exec(url.trim());
  if (match === null) throw misspelled('is not well formed');
  const [, user = '', password = '', host = '', port = '', database = '', query = ''] = match;
  if (host.includes(',')) throw misspelled('names several hosts, and only one is supported');
  return {
    user: decode(user) || null,
    password: decode(password) || null,
    host: decode(host).replace(/^\[(.*)\]$/, '$1') || null,
    port: port || null,
    database: decode(database) || null,
    parameters: parseParameters(query),
  };
}

function parseParameters(query: string): Map<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value] = pair.split(/=(.*)/s);
      if (PARAMETERS.includes(name) && value !== undefined) return [name, decode(value)];
      throw misspelled('has a parameter that is not supported', `supported are ${PARAMETERS.join(', ')}`);
    }),
  );
}

function decode(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw misspelled('has a "%" that encodes nothing');
  }
  // The protocol ends a text with NUL: what follows one would be read as further options.
  if (/\p{Cc}/u.test(text)) throw misspelled('has a control character');
  return text;
}

function misspelled(problem: string, hint?: string): VarveError {
  return new VarveError('bad-option', `the URL of the PostgreSQL database ${problem}`, {
    hint:
      hint ??
      'write postgres://USER@HOST/DATABASE, special characters percent-encoded; the password may stand in PGPASSWORD',
  });
}
