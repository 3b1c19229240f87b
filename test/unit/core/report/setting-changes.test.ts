import { describe, expect, test } from 'vitest';
import { settingChanges } from '../../../../src/core/report/setting-changes.ts';
import { withoutCredentials } from '../../../../src/core/report/withhold.ts';

const change = (path: string, base: unknown, target: unknown) =>
  settingChanges([{ path, base, target }])?.[0];

describe('values of environment variables', () => {
  test.each(['PATH', 'LANG', 'LC_ALL', 'NODE_VERSION', 'TZ'])('%s may be shown', (name) => {
    expect(change(`/config/Env/${name}`, 'a', 'b')).toEqual({
      path: `/config/Env/${name}`,
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

test('other values are shown, structures as JSON', () => {
  expect(change('/config/Cmd', ['node'], ['node', 'a.js'])).toMatchObject({
    before: '["node"]',
    after: '["node","a.js"]',
  });
  expect(change('/config/User', 'node', null)).toMatchObject({
    status: 'removed',
    before: 'node',
    after: null,
  });
  expect(change('/config/ExposedPorts/80~1tcp', null, {})).toMatchObject({ status: 'added', after: '' });
  expect(change('/config/User', undefined, '')).toMatchObject({ status: 'added', before: null, after: '' });
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
