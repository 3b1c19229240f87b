import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callVarve } from '../support/call-varve.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

async function refusal(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await callVarve(...args);
  expect([status, stdout]).toEqual([2, '']);
  return stderr;
}

describe('a mistake of the user is told, with what to do', () => {
  it('a store that is not where it is verified', async () => {
    for (const format of ['text', 'json']) {
      const said = await refusal('surface', 'verify', '--cas-root', '/nowhere', '--format', format);
      expect(said).toMatch(/not-in-store: dir:\/nowhere holds nothing.*\n.*--cas-root/);
    }
  });

  it('a baseline that is no store, where one is looked into', async () => {
    for (const baseline of ['shop/web', 'cache', 'none', 'history:']) {
      const said = await refusal('surface', 'verify', '--baseline', baseline);
      expect(said).toMatch(/bad-option: .* is not a store.*\n.*dir:PATH/);
    }
    expect(await refusal('history', 'x', '--baseline', 'oci:image')).toMatch(/is not a store/);
  });

  it('a settings file that is named and is not there', async () => {
    const said = await refusal('tree', 'oci:x', '--config', '/nowhere.yml');
    expect(said).toMatch(/bad-option: there is no settings file \/nowhere\.yml/);
  });

  it('a place without an image', async () => {
    expect(await refusal('tree', '/nowhere')).toMatch(
      /there is no file or folder \/nowhere\n.*docker-daemon:.*docker:\/\//,
    );
    const empty = folder('empty');
    mkdirSync(empty);
    expect(await refusal('tree', `oci:${empty}`)).toMatch(/hint: /);
  });

  it('a platform that a name was never recorded for', async () => {
    const store = ['--cas-root', folder('store')];
    const image = writeImage(folder('image'), [[file('etc/a')]]);
    expect(await callVarve('snapshot', image, '--name', 'shop', ...store)).toMatchObject({ status: 0 });
    const said = await refusal('history', 'shop', '--platform', 'linux/s390x', ...store);
    expect(said).toMatch(/has no history of shop for linux\/s390x\n.*leave out --platform/);
    expect(await refusal('history', 'shoe', ...store)).toMatch(/no history of shoe\n.*did you mean shop\?/);
  });

  it('images of different platforms', async () => {
    const store = ['--cas-root', folder('store')];
    const on = (architecture: string) =>
      writeImage(folder('image'), [[file('etc/a')]], { config: { architecture } });
    const [one, other] = [on('riscv64'), on('s390x')];
    const said = await refusal('compare', one, other, ...store);
    expect(said).toMatch(/only for linux\/s390x; .* is for linux\/riscv64\n.*both.*digests/);
    const digests: string[] = [];
    for (const image of [one, other]) {
      const taken = await callVarve('snapshot', image, '--name', 'x', '--format', 'json', ...store);
      digests.push(JSON.parse(taken.stdout).snapshotDigest);
    }
    expect(await callVarve('compare', ...digests, ...store)).toMatchObject({ status: 0, stderr: '' });
  });

  it('a tag or path that is not there', async () => {
    const image = writeImage(folder('image'), [[file('etc/a')]]);
    const store = ['--cas-root', join(folder('store'))];
    expect(await refusal('tree', `${image}:other`, ...store)).toMatch(/has no image other.*\n.*hint: /);
    expect(await refusal('tree', image, 'nope', ...store)).toMatch(
      /path-not-found: oci:.* has no nope\n.*hint: varve tree/,
    );
  });

  it('a snapshot that a history does not have', async () => {
    const store = ['--cas-root', folder('store')];
    const image = writeImage(folder('image'), [[file('etc/a')]]);
    expect(await callVarve('snapshot', image, '--name', 'shop', ...store)).toMatchObject({ status: 0 });
    expect(await refusal('compare', image, 'history:shop~7', ...store)).toMatch(
      /history:shop~7 is not in dir:.*, which has 1 snapshot of shop\n.*varve history shop/,
    );
    expect(await refusal('history', 'shop', '--limit', 'zero', ...store)).toMatch(
      /bad-option: --limit: "zero" is not a whole number/,
    );
    expect(await refusal('compare', image, 'history:shoe', ...store)).toMatch(
      /has no history of shoe\n.*did you mean shop\?/,
    );
  });
});

it('is told by the exit status where nobody hears the rest', async () => {
  const script = join(import.meta.dirname, '../../src/entry/cli.ts');
  const child = spawn(process.execPath, [script, 'tree', '/nowhere'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([2, null]);
});
