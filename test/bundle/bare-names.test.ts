import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction } from '../support/action-runner.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryEngine } from '../support/memory-engine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
/** All that would leave the machine goes by a proxy, which lets nothing through and remembers. */
let proxy: Server;
const asked: string[] = [];
let image = '';

beforeAll(async () => {
  proxy = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const made = makeImage([await makeLayer({ app: 'one' })]);
  image = `oci:${writeFolder(newPath('image'), layoutFiles([made.descriptor], made.blobs))}`;
});

afterAll(() => {
  proxy.close();
});

/** Runs the action on a machine with an engine that has no image of the name, or with none at all. */
async function act(engine: MemoryEngine | null, inputs: Record<string, string>) {
  asked.length = 0;
  const { port } = proxy.address() as AddressInfo;
  const outcome = await runAction({
    workspace: writeFolder(newPath('workspace'), []),
    inputs: { name: 'shop', baseline: 'none', ...inputs },
    env: {
      DOCKER_HOST: `unix://${engine?.socket ?? newPath('nothing')}`,
      NODE_OPTIONS: `--import=${new URL('../support/without-waits.ts', import.meta.url)}`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    },
  });
  return { ...outcome, asked: [...asked] };
}

describe('a bare name in the action', () => {
  it('of an image that the engine does not have is an error that names --load first', async () => {
    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    for (const name of ['shop/web', 'web', 'docker.io/shop/web:1', 'ghcr.io/shop/web']) {
      const outcome = await act(engine, { image: name });
      expect(outcome).toMatchObject({ status: 2, stderr: '', asked: [] });
      expect(outcome.stdout).toContain(`has no image ${name}`);
      const [, hint] = /(if buildx built it.*)/.exec(outcome.stdout) ?? [];
      expect(hint).toMatch(/^if buildx built it, it was not loaded: add load: true \(--load\)/);
      expect(outcome.stdout).toContain(`docker://${name}`);
    }
  });

  it('never becomes the baseline by what a stranger has on Docker Hub', async () => {
    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    expect(await act(engine, { image, baseline: 'shop/web:main' })).toMatchObject({ status: 2, asked: [] });
    expect(await act(null, { image, baseline: 'shop/web:main' })).toMatchObject({ status: 4, asked: [] });
    const listed = await act(engine, { image, baseline: 'cache\nshop/web:main' });
    expect(listed).toMatchObject({ status: 0, asked: [] });
    expect(listed.outputs['baseline-found']).toBe('false');
  });

  it('goes on to no registry that it does not name, where no engine is', async () => {
    const nameless = await act(null, { image: 'shop/web' });
    expect(nameless).toMatchObject({ status: 4, asked: [] });
    expect(nameless.stdout).toContain('docker://shop/web');
    expect((await act(null, { image: 'ghcr.io/shop/web' })).asked).toContain('ghcr.io:443');
  });

  it('is looked for on Docker Hub where that is said', async () => {
    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    const outcome = await act(engine, { image: 'docker://shop/web' });
    expect(outcome.asked).toContain('registry-1.docker.io:443');
  });

  it('lets the next line be tried', async () => {
    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    expect(await act(engine, { image: `shop/web\n${image}` })).toMatchObject({ status: 0, asked: [] });
  });
});
