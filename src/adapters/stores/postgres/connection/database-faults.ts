import { VarveError } from '../../../../base/errors.ts';

/** What went wrong between here and the server. */
type Trouble =
  | 'refused'
  | 'name'
  | 'certificate'
  | 'no-tls'
  | 'slow'
  | 'dropped'
  | 'starting'
  | 'busy'
  | 'collision'
  | 'password'
  | 'role'
  | 'no-database'
  | 'privilege'
  | 'read-only'
  | 'full'
  | 'too-large'
  | 'damage'
  | 'other';

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: readonly (readonly [RegExp, Trouble])[] = [
  [/^(57P01|57P02|57P05|08...)$/, 'dropped'],
  [/^57P03$/, 'starting'],
  [/^53300$/, 'busy'],
  [/^40(001|P01)$/, 'collision'],
  [/^28P01$/, 'password'],
  [/^28000$/, 'role'],
  [/^3D000$/, 'no-database'],
  [/^42501$/, 'privilege'],
  [/^25006$/, 'read-only'],
  [/^(53100|53200|53400)$/, 'full'],
  [/^54000$/, 'too-large'],
  [/^(57014|55P03)$/, 'slow'],
  [/^((22|23|26|34|3F|42)...|XX00[12])$/, 'damage'],
];

/** Codes of Node, and words of the driver where it gives no code. */
const SIGNS: readonly (readonly [RegExp, Trouble])[] = [
  [/timeout/i, 'slow'],
  [/does not support SSL/i, 'no-tls'],
  [/CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_/, 'certificate'],
  [/password must be/i, 'password'],
  [/ECONNREFUSED|ENOENT|EHOSTUNREACH|ENETUNREACH/, 'refused'],
  [/ENOTFOUND|EAI_AGAIN/, 'name'],
  [/ETIMEDOUT/, 'slow'],
  [/ECONNRESET|EPIPE|terminated|not queryable|socket disconnected/i, 'dropped'],
];

/** Names the trouble behind a fault of the driver. */
export function classifyTrouble(fault: unknown): Trouble {
  if (!(fault instanceof Error)) return 'other';
  // Several addresses of one name were tried: they failed alike.
  if (fault instanceof AggregateError && fault.errors.length > 0) return classifyTrouble(fault.errors[0]);
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  const table = /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? STATES : SIGNS;
  const text = table === STATES ? code : `${code} ${fault.message}`;
  return table.find(([sign]) => sign.test(text))?.[1] ?? 'other';
}

/** Whether the same may well succeed a moment later. @param reached whether the server has answered before. */
export function isPassing(fault: unknown, reached: boolean): boolean {
  const trouble = classifyTrouble(fault);
  if (['starting', 'busy', 'collision'].includes(trouble)) return true;
  return reached && ['dropped', 'refused'].includes(trouble);
}

/** Whether the server wants its connections encrypted otherwise. */
export function isEncryptionRefused(fault: unknown): boolean {
  return ['no-tls', 'role'].includes(classifyTrouble(fault));
}

const HINTS: Readonly<Partial<Record<Trouble, string>>> = {
  refused: 'check host and port, and whether the server runs',
  name: 'check the name of the host',
  certificate: 'name the authority of its certificate with sslrootcert=FILE',
  'no-tls': 'the server does not encrypt: sslmode=disable allows that',
  slow: 'the server, or the way to it, is too slow or blocked: try again later',
  dropped: 'the server went away: try again when it runs',
  starting: 'the server is starting up: try again in a moment',
  busy: 'the server has no connection to spare: raise max_connections, or run fewer at once',
  collision: 'others are writing the same: try again',
  password: 'check user and password; the password may stand in PGPASSWORD or in ~/.pgpass',
  role: 'check user, database and sslmode against the pg_hba.conf of the server',
  'no-database': 'create it, such as with createdb',
  'read-only': 'the server or the role takes no writes: use the primary server, or only read with --no-save',
  full: 'the disk or memory of the server is full: free some space there',
  damage: 'its schema varve was changed by other means: restore it, or use another database',
  'too-large':
    'PostgreSQL keeps no more than 1 GB in one place: use a directory store for images of this size',
};

/**
 * A fault of the driver as one of ours.
 * @param writing whether something was to be stored.
 */
export function databaseFault(fault: unknown, location: string, writing: boolean): VarveError {
  if (fault instanceof VarveError) return fault;
  const trouble = classifyTrouble(fault);
  const reason = reasonOf(fault);
  const hint = trouble === 'privilege' ? privilegeHint(writing) : HINTS[trouble];
  const details = { object: location, cause: fault, ...(hint !== undefined && { hint }) };
  if (trouble === 'damage') return new VarveError('malformed', `${location} is damaged: ${reason}`, details);
  if (['password', 'role', 'certificate'].includes(trouble)) {
    return new VarveError('denied', `${location} refused: ${reason}`, details);
  }
  if (['read-only', 'full', 'too-large'].includes(trouble) || (trouble === 'privilege' && writing)) {
    return new VarveError('store-unwritable', `cannot write ${location}: ${reason}`, details);
  }
  if (trouble === 'privilege') return new VarveError('denied', `${location} refused: ${reason}`, details);
  const unreached = trouble === 'refused' || trouble === 'name' ? ' cannot be reached' : '';
  return new VarveError('unreachable', `${location}${unreached}: ${reason}`, details);
}

function privilegeHint(writing: boolean): string {
  return writing
    ? 'grant the role INSERT, UPDATE and DELETE on the tables of schema varve, or only read with --no-save'
    : 'grant the role USAGE on schema varve and SELECT on its tables';
}

function reasonOf(fault: unknown): string {
  if (fault instanceof AggregateError && fault.errors.length > 0) return reasonOf(fault.errors[0]);
  const message = fault instanceof Error ? fault.message : String(fault);
  return message === '' ? 'the connection failed' : message;
}
