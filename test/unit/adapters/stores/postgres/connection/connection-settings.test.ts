import { userInfo } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConnectionSettings } from '../../../../../../src/adapters/stores/postgres/connection/connection-settings.ts';
import { toVarveError } from '../../../../../../src/base/errors.ts';

const HOME = { HOME: '/home/ci' };
const read = (url: string, environment: Record<string, string> = {}) =>
  readConnectionSettings(url, { ...HOME, ...environment });

describe('a connection URL', () => {
  it('gives every part', () => {
    expect(
      read('postgresql://ci:p%40ss%2F%25@db.example:6543/varve%20two?sslmode=verify-full&connect_timeout=3'),
    ).toMatchObject({
      location: 'postgres://ci@db.example:6543/varve%20two',
      host: 'db.example',
      port: 6543,
      user: 'ci',
      database: 'varve two',
      password: 'p@ss/%',
      sslMode: 'verify-full',
      connectTimeout: 3000,
    });
  });

  it.each<[string, object]>([
    ['postgres://', { host: 'localhost', port: 5432, user: userInfo().username, sslMode: 'prefer' }],
    ['postgres://u@/d', { host: 'localhost', user: 'u', database: 'd' }],
    ['postgres://u@h', { host: 'h', database: 'u', password: null }],
    [
      'postgres://[::1]:5433/d',
      { host: '::1', port: 5433, location: expect.stringContaining('@[::1]:5433/d') },
    ],
    ['postgres://%2Frun%2Fpg/d', { host: '/run/pg', location: expect.stringContaining('@%2Frun%2Fpg/d') }],
    ['postgres:///d?host=/run/pg&port=1', { host: '/run/pg', port: 1 }],
    ['postgres://h/d?user=u&password=a%26b', { user: 'u', password: 'a&b' }],
    ['POSTGRES://h/d', { host: 'h', database: 'd' }],
    ['postgres://h/d?connect_timeout=0', { connectTimeout: 10_000 }],
  ])('%s is read as libpq reads it', (url, expected) => {
    expect(read(url)).toMatchObject(expected);
  });

  it('leaves to variables what it does not say', () => {
    const environment = {
      PGHOST: 'env.example',
      PGPORT: '7',
      PGUSER: 'env',
      PGPASSWORD: 'secret',
      PGDATABASE: 'base',
      PGSSLMODE: 'require',
      PGSSLROOTCERT: '/ca.pem',
      PGPASSFILE: '/pass',
      PGCONNECT_TIMEOUT: '2',
    };
    expect(read('postgres://', environment)).toMatchObject({
      location: 'postgres://env@env.example:7/base',
      password: 'secret',
      sslMode: 'require',
      rootCertificate: '/ca.pem',
      passwordFile: '/pass',
      connectTimeout: 2000,
    });
    expect(read('postgres://me:mine@here/there?sslmode=disable', environment)).toMatchObject({
      location: 'postgres://me@here:7/there',
      password: 'mine',
      sslMode: 'disable',
    });
    expect(read('postgres://').passwordFile).toBe('/home/ci/.pgpass');
  });

  it.each([
    'postgres://u:hunter2@h@h/d',
    'postgres://u:hunter2/x@h/d',
    'postgres://u:12/hunter2@h/d',
    'postgres://u:hunter2#x@h/d',
    'postgres://u:hunter2?x@h/d',
    'postgres://u:hunter2%zz@h/d',
    'postgres://u:hunter2@h:port/d',
    'postgres://u:hunter2@h:70000/d',
    'postgres://u:hunter2@h1,h2/d',
    'postgres://u:hunter2@h/d?sslmode=hunter2',
    'postgres://u:hunter2@h/d?hunter2=1',
    'postgres://u:hunter2@h/d?connect_timeout=hunter2',
    'postgres:hunter2',
    'postgres://u%00options:hunter2@h/d',
    'postgres://u:hunter2%00x@h/d',
    'postgres://u@h/d%00hunter2',
    'postgres://u@h/d?user=a%00hunter2',
  ])('%s is refused without a word of it', (url) => {
    const fault = catchFault(() => read(url));
    expect(fault).toMatchObject({ code: 'bad-option', hint: expect.anything() });
    expect(`${fault.message} ${fault.hint} ${fault.object}`).not.toMatch(/hunter2/);
  });

  it('never shows a password, however it is spelled', () => {
    const password = fc.string({ minLength: 12, maxLength: 20, unit: 'grapheme' });
    fc.assert(
      fc.property(password, fc.boolean(), (secret, encoded) => {
        const spelled = encoded ? encodeURIComponent(secret) : secret;
        const url = `postgres://user:${spelled}@host/database`;
        try {
          const settings = read(url);
          expect(settings.location).toBe('postgres://user@host/database');
          if (encoded) expect(settings.password).toBe(secret);
        } catch (fault) {
          const { code, message, hint } = toVarveError(fault);
          expect(code).toBe('bad-option');
          expect(`${message} ${hint}`).not.toContain(secret);
        }
      }),
    );
  });
});

function catchFault(action: () => unknown) {
  try {
    action();
  } catch (fault) {
    return toVarveError(fault);
  }
  throw new Error('nothing was thrown');
}
