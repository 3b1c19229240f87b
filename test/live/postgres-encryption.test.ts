import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const folder = newPath('postgres');
const [authority, stranger] = [newPath('authority'), newPath('stranger')];

let server: PostgresServer;

/** An authority that signs for a name, and nothing else. */
async function makeAuthority(path: string): Promise<void> {
  const subject = ['-subj', `/CN=authority of the tests ${path.length}`];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    `${path}.key`,
    '-out',
    `${path}.crt`,
  ]);
}

async function certify(name: string): Promise<void> {
  const at = (suffix: string): string => join(server.data, `server.${suffix}`);
  writeFileSync(`${authority}.ext`, `subjectAltName=${name}`);
  await run('openssl', [
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=postgres',
    '-keyout',
    at('key'),
    '-out',
    `${authority}.csr`,
  ]);
  await run('openssl', [
    ...['x509', '-req', '-in', `${authority}.csr`, '-days', '2', '-extfile', `${authority}.ext`],
    ...['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-out', at('crt')],
  ]);
  await run('chmod', ['600', at('key')]);
  await run('chown', ['postgres', at('key'), at('crt')]);
  await server.sql('postgres', "ALTER SYSTEM SET ssl = 'on'");
  await server.sql('postgres', 'SELECT pg_reload_conf()');
}

beforeAll(async () => {
  server = await startPostgres(folder, ['fsync = off']);
  for (const path of [authority, stranger]) await makeAuthority(path);
  await certify('DNS:localhost');
});

afterAll(() => server.stop());

/** Whether a connection with some parameters is encrypted. */
async function isEncrypted(parameters: string, host = '127.0.0.1'): Promise<boolean> {
  const url = server.url('postgres', undefined, `${parameters}`).replace('127.0.0.1', host);
  await using _ = await openPostgresStore(url);
  const said = await server.sql(
    'postgres',
    "SELECT bool_or(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'varve'",
  );
  return said.trim() === 't';
}

describe('a server that encrypts', () => {
  it.each<[string, boolean]>([
    ['', true],
    ['?sslmode=disable', false],
    ['?sslmode=allow', false],
    ['?sslmode=prefer', true],
    ['?sslmode=require', true],
    [`?sslmode=require&sslrootcert=${authority}.crt`, true],
    [`?sslmode=verify-ca&sslrootcert=${authority}.crt`, true],
  ])('is reached with %j, encrypted: %s', async (parameters, encrypted) => {
    expect(await isEncrypted(parameters)).toBe(encrypted);
  });

  it('is known by its name', async () => {
    expect(await isEncrypted(`?sslmode=verify-full&sslrootcert=${authority}.crt`, 'localhost')).toBe(true);
    await expect(isEncrypted(`?sslmode=verify-full&sslrootcert=${authority}.crt`)).rejects.toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('sslrootcert'),
    });
  });

  it.each(['require', 'verify-ca', 'verify-full'])(
    'of another authority is refused with %s',
    async (mode) => {
      const parameters = `?sslmode=${mode}&sslrootcert=${stranger}.crt`;
      await expect(isEncrypted(parameters, 'localhost')).rejects.toMatchObject({ code: 'denied' });
    },
  );

  it.each(['verify-ca', 'verify-full'])(
    'of an authority that nobody knows is refused with %s',
    async (mode) => {
      await expect(isEncrypted(`?sslmode=${mode}`, 'localhost')).rejects.toMatchObject({ code: 'denied' });
    },
  );

  it('is told when the certificate file is missing', async () => {
    await expect(isEncrypted(`?sslmode=verify-ca&sslrootcert=${stranger}.none`)).rejects.toMatchObject({
      code: 'unreachable',
      object: `${stranger}.none`,
    });
  });

  it('may insist on it, or on the contrary', async () => {
    const rules = (type: string) => [
      `${type} all all 127.0.0.1/32 scram-sha-256`,
      'local all all scram-sha-256',
    ];
    const apply = async (type: string) => {
      writeFileSync(join(server.data, 'pg_hba.conf'), `${rules(type).join('\n')}\n`);
      await server.sql('postgres', 'SELECT pg_reload_conf()');
    };
    await apply('hostssl');
    expect(await isEncrypted('?sslmode=allow')).toBe(true);
    await expect(isEncrypted('?sslmode=disable')).rejects.toMatchObject({ code: 'denied' });
    await apply('hostnossl');
    expect(await isEncrypted('?sslmode=prefer')).toBe(false);
    await expect(isEncrypted('?sslmode=require')).rejects.toMatchObject({ code: 'denied' });
    await apply('host');
  });
});

it('a socket needs no encryption', async () => {
  const role = 'root_of_tests';
  const socket = encodeURIComponent(server.socketFolder);
  const url = `postgres://${role}:${encodeURIComponent(PASSWORD)}@${socket}:${server.port}/postgres?sslmode=verify-full`;
  await using store = await openPostgresStore(url);
  expect(await store.surface.tenants()).toEqual([]);
});

it('a server that does not encrypt is refused with require', async () => {
  await server.sql('postgres', "ALTER SYSTEM SET ssl = 'off'");
  await server.sql('postgres', 'SELECT pg_reload_conf()');
  await expect(isEncrypted('?sslmode=require')).rejects.toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining('sslmode'),
  });
  expect(await isEncrypted('')).toBe(false);
});
