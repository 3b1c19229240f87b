import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPasswordFile } from '../../../../../../src/adapters/stores/postgres/connection/password-file.ts';
import { temporaryFolder } from '../../../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const CONNECTION = { host: 'db.example', port: 5432, user: 'ci', database: 'varve' };

function read(text: string, mode = 0o600, connection: Partial<typeof CONNECTION> = {}): string | null {
  const folder = newPath();
  mkdirSync(folder);
  const passwordFile = join(folder, '.pgpass');
  writeFileSync(passwordFile, text);
  chmodSync(passwordFile, mode);
  return readPasswordFile({ ...CONNECTION, ...connection, passwordFile });
}

describe('a password file', () => {
  it.each<[string, string | null]>([
    ['db.example:5432:varve:ci:secret', 'secret'],
    ['*:*:*:*:any', 'any'],
    ['# db.example:5432:varve:ci:comment\n*:*:*:ci:second\n*:*:*:*:third', 'second'],
    ['other:5432:varve:ci:no\r\ndb.example:*:varve:ci:with\\:colon\\\\\r\n', 'with:colon\\'],
    ['db.example:5433:varve:ci:port', null],
    ['db.example:5432:other:ci:database', null],
    ['db.example:5432:varve:other:user', null],
    ['*:*:*', null],
    ['', null],
    ['*:*:*:*:', ''],
  ])('of %j gives %j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('calls a socket localhost', () => {
    expect(read('localhost:*:*:*:local', 0o600, { host: '/run/postgresql' })).toBe('local');
  });

  it('that others may read is not used, nor one that is absent', () => {
    expect(read('*:*:*:*:open', 0o640)).toBeNull();
    expect(read('*:*:*:*:open', 0o604)).toBeNull();
    expect(readPasswordFile({ ...CONNECTION, passwordFile: newPath('absent') })).toBeNull();
  });
});
