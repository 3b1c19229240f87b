import { describe, expect, it } from 'vitest';
import {
  familiarRepository,
  formatDockerName,
  parseDockerName,
  sameDockerName,
} from '../../../../src/core/image/docker-name.ts';

describe('docker names', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine', 'alpine'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine'],
    ['acme/app', 'docker.io/acme/app', 'acme/app'],
    ['docker.io/alpine', 'docker.io/library/alpine', 'alpine'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine', 'alpine'],
    ['docker.io/library/a/b', 'docker.io/library/a/b', 'library/a/b'],
    ['localhost/app', 'localhost/app', 'localhost/app'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1', 'localhost:5000/app'],
    ['ghcr.io/acme/app', 'ghcr.io/acme/app', 'ghcr.io/acme/app'],
    ['Host/app', 'Host/app', 'Host/app'],
    ['[::1]:5000/app', '[::1]:5000/app', '[::1]:5000/app'],
    ['app:5000', 'docker.io/library/app:5000', 'app'],
  ])('%s is %s, called %s', (text, full, familiar) => {
    const name = parseDockerName(text);
    expect(formatDockerName(name)).toBe(full);
    expect(familiarRepository(name)).toBe(familiar);
    expect(formatDockerName(parseDockerName(full))).toBe(full);
    expect(familiarRepository(parseDockerName(familiar))).toBe(familiar);
  });

  it.each([
    '',
    'UPPER',
    'a//b',
    '/a',
    'a/',
    'a..b',
    'a___b',
    '-a',
    'a:',
    'a:-b',
    'host:port/app',
    `a:${'t'.repeat(129)}`,
    'a/b'.repeat(100),
    'a b',
    'é',
    '../etc/passwd',
    'h.example/../x',
    'a@sha256:00',
  ])('%j is none', (text) => {
    expect(() => parseDockerName(text)).toThrow(expect.objectContaining({ code: 'bad-reference' }));
  });

  it.each([
    ['app', 'docker.io/library/app:latest', true],
    ['app:1', 'docker.io/library/app:1', true],
    ['app:1', 'localhost/app:1', false],
    ['app', 'app:1', false],
    ['', '', true],
    ['Not A Name', 'app', false],
  ])('%j and %j: the same is %s', (a, b, same) => {
    expect(sameDockerName(a, b)).toBe(same);
  });
});
