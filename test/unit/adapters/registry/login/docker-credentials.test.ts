import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askCredentialHelper } from '../../../../../src/adapters/registry/login/credential-helper.ts';
import { findCredentials } from '../../../../../src/adapters/registry/login/docker-credentials.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const encode = (text: string) => Buffer.from(text).toString('base64');

function configFile(content: unknown): string {
  const path = newPath('config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const ada = { kind: 'password', username: 'ada', password: 'l:ove' };

describe('credentials in the file', () => {
  it.each([
    ['ghcr.io', 'ghcr.io'],
    ['https://ghcr.io', 'ghcr.io'],
    ['https://ghcr.io/v2/', 'ghcr.io'],
    ['localhost:5000', 'localhost:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'docker.io'],
  ])('under %s are for %s', async (key, host) => {
    const file = configFile({ auths: { [key]: { auth: encode('ada:l:ove') } }, other: 1 });
    expect(await findCredentials(file, host)).toEqual(ada);
  });

  it.each([
    'evil-ghcr.io',
    'ghcr.io.evil',
    'ghcr.io:443',
    'io',
    'ghcr',
    'x.ghcr.io',
    '__proto__',
    'constructor',
  ])('under ghcr.io are not for %s', async (host) => {
    const file = configFile({ auths: { 'ghcr.io': { auth: encode('ada:l:ove') } } });
    expect(await findCredentials(file, host)).toBeNull();
  });

  it('are for a whole host, never for one whose key has a path', async () => {
    const file = configFile({ auths: { 'ghcr.io/acme': { auth: encode('ada:l:ove') } } });
    expect(await findCredentials(file, 'ghcr.io')).toBeNull();
  });

  it('may be tokens', async () => {
    const file = configFile({
      auths: { a: { identitytoken: 'I', auth: encode('ada:x') }, b: { registrytoken: 'R' }, c: {} },
    });
    expect(await findCredentials(file, 'a')).toEqual({ kind: 'identity-token', token: 'I' });
    expect(await findCredentials(file, 'b')).toEqual({ kind: 'registry-token', token: 'R' });
    expect(await findCredentials(file, 'c')).toBeNull();
  });

  it('are none where there is no file', async () => {
    expect(await findCredentials(newPath('none'), 'ghcr.io')).toBeNull();
  });

  it.each([
    '{ "auths": { "a": { "auth": "c2VjcmV0" } }',
    '{ "auths": [] }',
    { auths: { 'ghcr.io': { auth: encode('no-colon') } } },
  ])('are an error in a damaged file, which is not quoted', async (content) => {
    await expect(findCredentials(configFile(content), 'ghcr.io')).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.not.stringMatching(/c2Vj|no-colon/),
    });
  });
});

describe('credentials of a helper', () => {
  const bin = newPath('bin');
  const helper = (name: string, script: string) => {
    mkdirSync(bin, { recursive: true });
    const path = join(bin, `docker-credential-${name}`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };
  beforeEach(() => vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`));
  afterEach(() => vi.unstubAllEnvs());

  it('are what the program prints', async () => {
    helper('mine', `read -r server; printf '{"Username":"%s","Secret":"l:ove"}' "$server/$1"`);
    const file = configFile({ credHelpers: { 'ghcr.io': 'mine' } });
    expect(await findCredentials(file, 'ghcr.io')).toEqual({
      kind: 'password',
      username: 'ghcr.io/get',
      password: 'l:ove',
    });
    expect(await findCredentials(file, 'evil-ghcr.io')).toBeNull();
  });

  it('of the store are asked for every host, and may be identity tokens', async () => {
    helper('store', `read -r server; printf '{"Username":"<token>","Secret":"%s"}' "$server"`);
    const file = configFile({ credsStore: 'store' });
    expect(await findCredentials(file, 'docker.io')).toEqual({
      kind: 'identity-token',
      token: 'https://index.docker.io/v1/',
    });
  });

  it('that has none gives way to the file', async () => {
    helper('empty', 'echo credentials not found in native keychain; exit 1');
    const file = configFile({ credsStore: 'empty', auths: { 'ghcr.io': { auth: encode('ada:l:ove') } } });
    expect(await findCredentials(file, 'ghcr.io')).toEqual(ada);
  });

  it.each([
    ['broken', 'echo locked; exit 1', /broken ended with status 1/],
    ['noisy', 'echo not json', /noisy gave no credentials/],
  ])('that is %s is an error', async (name, script, message) => {
    helper(name, script);
    await expect(findCredentials(configFile({ credsStore: name }), 'ghcr.io')).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['does not answer, nor what it started', 'sleep 20; echo'],
    ['says too much', 'yes'],
  ])('that %s is not waited for', async (why, script) => {
    helper('mute', script);
    await expect(askCredentialHelper('mute', 'ghcr.io', { patience: 500 })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining(why.split(',')[0] ?? ''),
    });
  });

  it('that is not there, or whose name leads elsewhere, is an error', async () => {
    await expect(findCredentials(configFile({ credsStore: 'absent' }), 'a')).rejects.toMatchObject({
      code: 'denied',
    });
    await expect(findCredentials(configFile({ credsStore: '../x' }), 'a')).rejects.toMatchObject({
      code: 'bad-option',
    });
  });
});
