import { describe, expect, it } from 'vitest';
import { compareConfigs } from '../../../../src/core/comparison/config.ts';
import { DEFAULT_IGNORE } from '../../../../src/core/comparison/default-ignore.ts';
import { compileIgnore } from '../../../../src/core/comparison/ignore.ts';

type Config = Readonly<Record<string, unknown>>;

const nothing = compileIgnore([]);
const compare = (base: Config, target: Config) => compareConfigs(base, target, nothing);
const settings = (base: Config, target: Config) => compare({ config: base }, { config: target });

describe('differences of image configs', () => {
  it('are none for configs that say the same', () => {
    const config = { os: 'linux', config: { Env: ['PATH=/bin', 'A=1'], Cmd: ['sh'], Labels: { a: 'b' } } };
    expect(compare(config, structuredClone(config))).toEqual([]);
  });

  it('name variables of the environment one by one', () => {
    const base = { Env: ['PATH=/bin', 'GONE=1', 'EMPTY=', 'SAME=x=y'] };
    const target = { Env: ['SAME=x=y', 'NEW=', 'PATH=/usr/bin:/bin'] };
    expect(settings(base, target)).toEqual([
      { path: '/config/Env/EMPTY', base: '', target: null },
      { path: '/config/Env/GONE', base: '1', target: null },
      { path: '/config/Env/NEW', base: null, target: '' },
      { path: '/config/Env/PATH', base: '/bin', target: '/usr/bin:/bin' },
    ]);
    expect(settings({ Env: ['A=1', 'B=2'] }, { Env: ['B=2', 'A=1'] })).toEqual([]);
  });

  it('name labels, ports and volumes one by one, escaped as JSON pointers', () => {
    const base = { ExposedPorts: { '80/tcp': {} }, Volumes: { '/data~1': {} } };
    const target = { ExposedPorts: { '443/tcp': {} }, Labels: { 'a/b~c': 'v', empty: '' } };
    expect(settings(base, target)).toEqual([
      { path: '/config/ExposedPorts/443~1tcp', base: null, target: {} },
      { path: '/config/ExposedPorts/80~1tcp', base: {}, target: null },
      { path: '/config/Labels/a~1b~0c', base: null, target: 'v' },
      { path: '/config/Labels/empty', base: null, target: '' },
      { path: '/config/Volumes/~1data~01', base: {}, target: null },
    ]);
  });

  it('give lists as wholes and health checks by field', () => {
    const base = { Entrypoint: ['/run'], Healthcheck: { Test: ['CMD', 'a'], Interval: 1 } };
    const target = {
      Entrypoint: ['/run', '-v'],
      Cmd: ['x'],
      Healthcheck: { Test: ['CMD', 'b'], Interval: 1, Retries: 3 },
    };
    expect(settings(base, target)).toEqual([
      { path: '/config/Cmd', base: null, target: ['x'] },
      { path: '/config/Entrypoint', base: ['/run'], target: ['/run', '-v'] },
      { path: '/config/Healthcheck/Retries', base: null, target: 3 },
      { path: '/config/Healthcheck/Test', base: ['CMD', 'a'], target: ['CMD', 'b'] },
    ]);
    expect(settings({ Cmd: ['a', 'b'] }, { Cmd: ['b', 'a'] })).toHaveLength(1);
  });

  it('do not tell absent fields from those that Go programs write empty', () => {
    const empty = {
      Env: null,
      Cmd: [],
      Volumes: {},
      Hostname: '',
      Tty: false,
      StopTimeout: null,
      Healthcheck: {},
    };
    expect(settings(empty, {})).toEqual([]);
    expect(settings({ StopTimeout: 0 }, { StopTimeout: 0 })).toEqual([]);
    expect(settings({}, { StopTimeout: 0 })).toEqual([
      { path: '/config/StopTimeout', base: null, target: 0 },
    ]);
    expect(compare({}, { config: null })).toEqual([]);
    expect(compare({}, { config: { User: 'app' } })).toEqual([
      { path: '/config/User', base: null, target: 'app' },
    ]);
  });

  it.each(['Volumes', 'ExposedPorts', 'Labels'])('are the names of %s that have no value', (field) => {
    const value = field === 'Labels' ? '' : {};
    const path = `/config/${field}/name`;
    const stated = { [field]: { name: null } };
    expect(settings({}, stated)).toEqual([{ path, base: null, target: value }]);
    expect(settings(stated, { [field]: {} })).toEqual([{ path, base: value, target: null }]);
    expect(settings(stated, { [field]: { name: value } })).toEqual([]);
  });

  it.each([
    ...['User', 'WorkingDir', 'StopSignal'].flatMap((field) => [0, false, [], {}].map((v) => [field, v])),
    ...['Env', 'Entrypoint', 'Cmd', 'Shell', 'OnBuild'].flatMap((field) =>
      [0, false, '', {}, { a: '' }].map((v) => [field, v]),
    ),
    ...['Labels', 'Volumes', 'ExposedPorts', 'Healthcheck'].flatMap((field) =>
      [0, false, '', []].map((v) => [field, v]),
    ),
    ...['', false, [], {}].map((v) => ['StopTimeout', v]),
    ...['', 0, [], {}].map((v) => ['ArgsEscaped', v]),
  ])('are empty values of a type that engines refuse: %s %j', (field, value) => {
    const path = `/config/${field}`;
    const stated = { [String(field)]: value };
    expect(settings({}, stated)).toEqual([{ path, base: null, target: value }]);
    expect(settings(stated, {})).toEqual([{ path, base: value, target: null }]);
    expect(settings(stated, stated)).toEqual([]);
    expect(settings(stated, { [String(field)]: null })).toHaveLength(1);
  });

  it.each([
    ['Test', ''],
    ['Retries', false],
    ['Interval', {}],
  ])('are empty values of such a type in a health check: %s %j', (field, value) => {
    expect(settings({}, { Healthcheck: { [field]: value } })).toEqual([
      { path: `/config/Healthcheck/${field}`, base: null, target: value },
    ]);
  });

  it.each([
    ['Tty', ''],
    ['AttachStdin', 0],
    ['OpenStdin', []],
    ['NetworkDisabled', []],
    ['MacAddress', {}],
  ])('are empty values of such a type among the fields of Docker: %s %j', (field, value) => {
    expect(settings({}, { [field]: value })).toEqual([
      { path: `/config/${field}`, base: null, target: value },
    ]);
  });

  it('take fields of a health check in any letter case', () => {
    expect(settings({ Healthcheck: { test: ['NONE'] } }, { Healthcheck: { Test: ['NONE'] } })).toEqual([]);
    expect(settings({ Healthcheck: {} }, { Healthcheck: { interval: '' } })).toHaveLength(1);
  });

  it('leave out what tells of the build and the layers', () => {
    const base = { created: '1', history: [1], rootfs: { diff_ids: [] }, docker_version: '1' };
    const target = { created: '2', history: [2], rootfs: { diff_ids: [1] }, docker_version: '2' };
    expect(compare(base, target)).toEqual([]);
    expect(compare({ author: 'a', ...base }, { author: 'b', ...target })).toEqual([
      { path: '/author', base: 'a', target: 'b' },
    ]);
  });

  it('take field names in any letter case, as engines do', () => {
    const odd = { rootfS: { diff_ids: [1] }, Config: { env: ['A=1'], CMD: ['x'] } };
    expect(compare(odd, { rootfs: { diff_ids: [2] }, config: { Env: ['A=2'], Cmd: ['x'] } })).toEqual([
      { path: '/config/Env/A', base: '1', target: '2' },
    ]);
  });

  it('tell all values of a variable that is there several times', () => {
    const twice = { Env: ['A=2', 'B=1', 'A=1'] };
    expect(settings({ Env: ['A=1', 'B=1'] }, twice)).toEqual([
      { path: '/config/Env/A', base: '1', target: ['2', '1'] },
    ]);
    expect(settings(twice, { Env: ['A=1', 'A=2', 'B=1'] })).toHaveLength(1);
    expect(settings(twice, { Env: ['B=1', 'A=2', 'A=1'] })).toEqual([]);
  });

  it('take fields that nobody knows as they are', () => {
    expect(compare({ 'x-new': { deep: [1] } }, { 'x-new': { deep: [2], 'a/b': 1 } })).toEqual([
      { path: '/x-new/a~1b', base: null, target: 1 },
      { path: '/x-new/deep', base: [1], target: [2] },
    ]);
    expect(settings({ Env: 'text' }, { Env: ['A=1'] })).toEqual([
      { path: '/config/Env', base: 'text', target: ['A=1'] },
    ]);
    expect(settings({ Labels: ['a'] }, { Labels: { a: 'b' } })).toHaveLength(1);
  });

  it('take hostile names for names', () => {
    const hostile = JSON.parse(
      '{"Labels":{"__proto__":"x","constructor":"y"},"Env":["__proto__=1","toString=2"]}',
    );
    expect(settings({}, hostile).map(({ path, target }) => [path, target])).toEqual([
      ['/config/Env/__proto__', '1'],
      ['/config/Env/toString', '2'],
      ['/config/Labels/__proto__', 'x'],
      ['/config/Labels/constructor', 'y'],
    ]);
  });

  it('end where nobody nests deeper, in one difference', () => {
    const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    expect(compare({}, nested(100_000)).map(({ path }) => path)).toEqual(['/a/a/a/a/a/a/a/a']);
  });

  it('are sorted by the bytes of their pointers', () => {
    const labels = Object.fromEntries(
      ['z', 'B', 'a', 'é', '\u{ff5e}', '\u{1f600}'].map((name) => [name, name]),
    );
    const names = settings({}, { Labels: labels }).map(({ target }) => target);
    expect(names).toEqual(['B', 'a', 'z', 'é', '\u{ff5e}', '\u{1f600}']);
  });

  it('are volatile where they are to be ignored', () => {
    const ignore = compileIgnore(DEFAULT_IGNORE);
    const base = {
      container: 'a',
      config: { Labels: { 'org.opencontainers.image.created': '1', mine: '1' } },
    };
    const target = {
      container: 'b',
      config: { Labels: { 'org.opencontainers.image.created': '2', mine: '2' } },
    };
    expect(compareConfigs(base, target, ignore)).toEqual([
      { path: '/config/Labels/mine', base: '1', target: '2' },
      { path: '/config/Labels/org.opencontainers.image.created', base: '1', target: '2', volatile: true },
      { path: '/container', base: 'a', target: 'b', volatile: true },
    ]);
  });
});
