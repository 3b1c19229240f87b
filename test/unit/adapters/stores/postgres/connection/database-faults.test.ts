import { describe, expect, it } from 'vitest';
import {
  databaseFault,
  isPassing,
} from '../../../../../../src/adapters/stores/postgres/connection/database-faults.ts';

const fault = (code: string, message = 'words of the server'): Error =>
  Object.assign(new Error(message), code === '' ? {} : { code });

describe('a fault of the database', () => {
  it.each<[string, string, boolean, string, RegExp]>([
    ['28P01', 'denied', false, 'denied', /password/],
    ['28000', 'denied', false, 'denied', /pg_hba/],
    ['3D000', 'no database', false, 'unreachable', /createdb/],
    ['42501', 'permission denied', true, 'store-unwritable', /grant the role INSERT/],
    ['42501', 'permission denied', false, 'denied', /SELECT/],
    ['25006', 'read-only transaction', true, 'store-unwritable', /--no-save/],
    ['53100', 'No space left on device', true, 'store-unwritable', /full/],
    ['54000', 'too large', true, 'store-unwritable', /1 GB/],
    ['57014', 'statement timeout', true, 'unreachable', /too slow/],
    ['55P03', 'lock timeout', true, 'unreachable', /too slow/],
    ['57P01', 'shutting down', true, 'unreachable', /went away/],
    ['53300', 'too many', false, 'unreachable', /max_connections/],
    ['42P01', 'no such relation', false, 'malformed', /restore it/],
    ['XX001', 'invalid page', true, 'malformed', /restore it/],
    ['ECONNREFUSED', 'refused', false, 'unreachable', /server runs/],
    ['ENOTFOUND', 'no such name', false, 'unreachable', /name of the host/],
    ['EPIPE', 'broken', true, 'unreachable', /went away/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed', false, 'denied', /sslrootcert/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'altnames', false, 'denied', /sslrootcert/],
    ['', 'timeout expired', false, 'unreachable', /too slow/],
    ['', 'Query read timeout', true, 'unreachable', /too slow/],
    ['', 'Connection terminated unexpectedly', true, 'unreachable', /went away/],
    ['', 'The server does not support SSL connections', false, 'unreachable', /sslmode/],
    ['', 'SASL: client password must be a non-empty string', false, 'denied', /PGPASSWORD/],
    ['', 'something new', false, 'unreachable', /^$/],
  ])('%s %s (writing: %s) is %s', (code, message, writing, expected, hint) => {
    const error = databaseFault(fault(code, message), 'postgres://u@h/d', writing);
    expect(error.code).toBe(expected);
    expect(error.hint ?? '').toMatch(hint);
    expect(error.message).toContain('postgres://u@h/d');
    expect(error.message).toContain(message);
  });

  it('of a name with several addresses is that of the first', () => {
    const several = new AggregateError([fault('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')], '');
    expect(databaseFault(several, 'db', false).message).toBe(
      'db cannot be reached: connect ECONNREFUSED ::1:5432',
    );
  });

  it('is tried again where that may help', () => {
    for (const code of ['57P03', '53300', '40001', '40P01']) expect(isPassing(fault(code), false)).toBe(true);
    for (const code of ['57P01', 'ECONNRESET', 'ECONNREFUSED', '08006']) {
      expect(isPassing(fault(code), false)).toBe(false);
      expect(isPassing(fault(code), true)).toBe(true);
    }
    for (const code of ['28P01', '57014', '42501', '53100', '42P01', '23505']) {
      expect(isPassing(fault(code), true)).toBe(false);
    }
    expect(isPassing(fault('', 'Query read timeout'), true)).toBe(false);
  });
});
