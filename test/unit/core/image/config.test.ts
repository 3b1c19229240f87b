import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import { type ImageConfig, parseConfig, platformOf } from '../../../../src/core/image/config.ts';
import { formatPlatform } from '../../../../src/core/words/platform.ts';

const declared = { object: 'it', mediaType: null, digest: null, size: null };
const read = (value: unknown): ImageConfig =>
  parseConfig(Buffer.from(JSON.stringify(value)), declared, DEFAULT_LIMITS).value;

const plain = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf('a')] } };

describe('parseConfig', () => {
  it('keeps every field that it does not know', () => {
    const value = {
      ...plain,
      'os.version': '10.0',
      docker_version: '20.10',
      config: { Env: ['A=b'], Labels: { constructor: 'kept', a: 'b' }, Healthcheck: { Test: ['NONE'] } },
      history: [{ created_by: 'x', 'x.new': 1 }],
      rootfs: { ...plain.rootfs, 'x.new': true },
    };
    expect(read(value)).toEqual(value);
  });

  it('takes null for what is not there', () => {
    const value = { ...plain, variant: null, config: null, history: null, rootfs: { diff_ids: null } };
    expect(read(value)).toEqual({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } });
    expect(read({ ...plain, history: [{ created_by: null, empty_layer: null }] }).history).toEqual([{}]);
  });

  it.each([{ type: 'layers' }, {}, null, { type: 'layers', diff_ids: null }])(
    'takes %j as the root filesystem of an image without layers',
    (rootfs) => {
      expect(read({ ...plain, rootfs }).rootfs.diff_ids).toEqual([]);
    },
  );

  it('reads field names in any letter case, as engines do', () => {
    const { rootfs, ...rest } = plain;
    expect(read({ ...rest, rootfS: { DIFF_IDS: rootfs.diff_ids } }).rootfs).toEqual({
      diff_ids: rootfs.diff_ids,
    });
  });

  it.each([
    [
      'a root filesystem that is not of layers',
      { ...plain, rootfs: { type: 'squashfs', diff_ids: [] } },
      'malformed',
    ],
    [
      'diffIDs that are none',
      { ...plain, rootfs: { type: 'layers', diff_ids: ['sha256:../x'] } },
      'malformed',
    ],
    ['a root filesystem in two letter cases', { ...plain, rootfS: plain.rootfs }, 'malformed'],
    [
      'a field in two letter cases that nothing here reads',
      { ...plain, author: 'a', Author: '' },
      'malformed',
    ],
    ['a whole number that is rounded', { ...plain, config: { StopTimeout: 2 ** 53 } }, 'malformed'],
    ['history that is no list', { ...plain, history: 'x' }, 'malformed'],
    ['an os that leads elsewhere', { ...plain, os: '../../x' }, 'malformed'],
    ['an architecture with a slash', { ...plain, architecture: 'a/b' }, 'malformed'],
    ['a variant with a control character', { ...plain, variant: 'v\u001b' }, 'malformed'],
    ['an os that is no text', { ...plain, os: 1 }, 'malformed'],
    ['the empty config of artifacts', {}, 'not-an-image'],
    ["a chart's config", { name: 'chart', version: '1' }, 'not-an-image'],
    ['a list', [], 'malformed'],
  ])('refuses %s', (_, value, code) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code }));
  });

  it.each(['User', 'Healthcheck', 'Entrypoint', 'Labels', 'Env', 'StopTimeout'])(
    'refuses %s in two letter cases',
    (field) => {
      const twice = { ...plain, config: { [field]: null, [field.toLowerCase()]: null } };
      expect(() => read(twice)).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );

  it.each([
    ['of a health check', { config: { Healthcheck: { Test: ['CMD', 'a'], test: ['CMD', 'b'] } } }],
    ['that nobody knows', { config: { 'x-new': 1, 'X-New': 2 } }],
    ['deep in what nobody knows', { 'x-new': [{ a: { b: 1, B: 2 } }] }],
  ])('refuses a field in two letter cases %s', (_, more) => {
    expect(() => read({ ...plain, ...more })).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('takes labels, ports and volumes that differ in letter case', () => {
    const config = { Labels: { a: '1', A: '2' }, Volumes: { '/a': {}, '/A': {} } };
    expect(read({ ...plain, config }).config).toEqual(config);
  });

  it.each([
    '"StopTimeout":10.0',
    '"StopTimeout":1e1',
    '"Healthcheck":{"Interval":1e9}',
    '"Healthcheck":{"retries":1.5}',
  ])('refuses a number that engines refuse: %s', (fields) => {
    const { rootfs } = plain;
    const text = (config: string) =>
      Buffer.from(`{"config":{${config}},"x-new":1.5,"rootfs":${JSON.stringify(rootfs)}}`);
    expect(() => parseConfig(text(fields), declared, DEFAULT_LIMITS)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringMatching(/1e?[019.5]/) }),
    );
    const whole = fields.replace(/\d[\d.e]*/, '10');
    expect(() => parseConfig(text(whole), declared, DEFAULT_LIMITS)).not.toThrow();
  });

  it('checks digest and size', () => {
    const bytes = Buffer.from(JSON.stringify(plain));
    const parse = (more: object) => parseConfig(bytes, { ...declared, ...more }, DEFAULT_LIMITS);
    expect(parse({ digest: digestOf(bytes), size: bytes.length }).digest).toBe(digestOf(bytes));
    expect(() => parse({ digest: digestOf('') })).toThrow(
      expect.objectContaining({ code: 'digest-mismatch' }),
    );
    expect(() => parse({ size: 1 })).toThrow(expect.objectContaining({ code: 'size-mismatch' }));
  });
});

describe('platformOf', () => {
  it.each([
    [{ os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
    [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'linux/arm64'],
    [{ os: 'linux', architecture: 'arm', variant: '' }, 'linux/arm/v7'],
    [{ os: 'windows', architecture: 'amd64' }, 'windows/amd64'],
    [{ architecture: 'amd64' }, 'linux/amd64'],
    [{ os: '', architecture: '' }, 'linux/unknown'],
    [{}, 'linux/unknown'],
  ])('%j is %s', (fields, platform) => {
    expect(formatPlatform(platformOf({ ...fields, rootfs: { diff_ids: [] } }))).toBe(platform);
  });
});
