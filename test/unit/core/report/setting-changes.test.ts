import { describe, expect, test } from 'vitest';
import { settingChanges } from '../../../../src/core/report/setting-changes.ts';
import { withoutCredentials } from '../../../../src/core/report/withhold.ts';

const change = (path: string, base: unknown, target: unknown) =>
  settingChanges([{ path, base, target }])?.[0];

describe('values of environment variables', () => {
  test.each(['PATH', 'LANG', 'LC_ALL', 'NODE_VERSION', 'TZ'])('%s may be shown', (name) => {
    expect(change(`/config/Env/${name}`, 'a', 'b')).toEqual({
      setting: `ENV ${name}`,
      status: 'modified',
      before: 'a',
      after: 'b',
      withheld: false,
    });
  });

  test.each(['NPM_TOKEN', 'path', 'AWS_SECRET_ACCESS_KEY', 'VERSION_TOKEN', 'X_VERSION_', 'PATH/x', ''])(
    '%j may not',
    (name) => {
      const shown = change(`/config/Env/${name}`, 'hunter2', 'hunter3');
      expect(shown).toMatchObject({ status: 'modified', before: null, after: null, withheld: true });
    },
  );

  test('the whole list may not, nor a trigger that sets some', () => {
    expect(change('/config/Env', null, ['TOKEN=hunter2'])).toMatchObject({
      status: 'added',
      after: null,
      withheld: true,
    });
    expect(change('/config/OnBuild', null, ['ENV TOKEN=hunter2'])?.withheld).toBe(true);
    expect(change('/config/OnBuild', ['RUN make'], ['RUN make all'])?.withheld).toBe(false);
  });
});

test.each([
  '/container_config/Env',
  '/container_config/Env/TOKEN',
  '/container_config',
  '/config',
  '/config/env',
  '/moby.buildkit.buildinfo.v1',
  '/config/Labels',
  '',
])('%j is no place that is known to be harmless', (path) => {
  expect(change(path, ['TOKEN=hunter2'], null)).toMatchObject({ before: null, after: null, withheld: true });
});

test.each([
  ['/config/Cmd', ['node'], ['node', 'a.js'], 'CMD', '["node"]', '["node", "a.js"]'],
  ['/config/Entrypoint', ['/bin/sh', '-c', 'exec a'], ['a'], 'ENTRYPOINT', 'exec a', '["a"]'],
  ['/config/User', 'node', null, 'USER', 'node', null],
  ['/config/User', undefined, '', 'USER', null, '""'],
  ['/config/WorkingDir', '/', '/app', 'WORKDIR', '/', '/app'],
  ['/config/Labels/a~1b~0', '1', '2', 'LABEL a/b~', '1', '2'],
  ['/config/ExposedPorts/80~1tcp', null, {}, 'EXPOSE', null, '80/tcp'],
  ['/config/ExposedPorts/80~1tcp', {}, { a: 1 }, 'EXPOSE 80/tcp', '80/tcp', '{"a":1}'],
  ['/config/Volumes/~1data', {}, null, 'VOLUME', '/data', null],
  ['/config/Healthcheck/Interval', 3e10, 1.5e9, 'HEALTHCHECK --interval', '30s', '1.5s'],
  [
    '/config/Healthcheck/Test',
    ['CMD-SHELL', 'a || b'],
    ['CMD', 'a', 'b'],
    'HEALTHCHECK',
    'CMD a || b',
    'CMD ["a", "b"]',
  ],
  ['/config/Healthcheck/Test', ['NONE'], null, 'HEALTHCHECK', 'NONE', null],
  ['/config/Hostname', 'a', 'b', 'config.Hostname', 'a', 'b'],
  ['/os.version', 'a', 'b', 'os.version', 'a', 'b'],
])('%s is written as people write it: %j, %j', (path, base, target, setting, before, after) => {
  expect(change(path, base, target)).toMatchObject({ setting, before, after });
});

test('one port in place of another is one change, more of them are told each', () => {
  const ports = (base: readonly string[], target: readonly string[]) =>
    settingChanges([
      ...base.map((port) => ({ path: `/config/ExposedPorts/${port}~1tcp`, base: {}, target: null })),
      ...target.map((port) => ({ path: `/config/ExposedPorts/${port}~1tcp`, base: null, target: {} })),
    ])?.map(({ setting, status, before, after }) => [setting, status, before, after]);
  expect(ports(['8080'], ['8443'])).toEqual([['EXPOSE', 'modified', '8080/tcp', '8443/tcp']]);
  expect(ports(['8080'], ['8443', '9000'])).toEqual([
    ['EXPOSE', 'removed', '8080/tcp', null],
    ['EXPOSE', 'added', null, '8443/tcp'],
    ['EXPOSE', 'added', null, '9000/tcp'],
  ]);
});

test('volatile differences are left out', () => {
  expect(settingChanges([{ path: '/config/Labels/x', base: 1, target: 2, volatile: true }])).toEqual([]);
});

test.each([
  ['RUN git clone https://me:hunter2@git.example/x', 'RUN git clone https://***@git.example/x'],
  ['https://token@git.example', 'https://***@git.example'],
  ['ADD https://git.example/@scope/x', 'ADD https://git.example/@scope/x'],
  ['mail me@git.example', 'mail me@git.example'],
  ['https://me:p@ss@git.example/x', 'https://***@git.example/x'],
  ['`RUN git clone https://me:hun…` ran', '`RUN git clone https://***…` ran'],
  ['a=postgres://u:p@db/x b=redis://:q@r', 'a=postgres://***@db/x b=redis://***@r'],
])('credentials in %j are not shown', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});

test('a label that carries credentials is shown without them', () => {
  expect(change('/config/Labels/source', null, 'https://u:p@git.example/x')?.after).toBe(
    'https://***@git.example/x',
  );
});
