import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { file, writeImage } from '../support/hostile-images.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, makeImage } from '../support/image-maker.ts';
import { type Fault, MemoryRegistry, sendJson } from '../support/memory-registry.ts';
import { DIST, OUTSIDE, runVarve, type VarveOptions, WITHOUT_WAITS } from '../support/run-varve.ts';
import { tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const home = newPath('home');
const image = writeImage(newPath('image'), [[file('a')]]);
const nowhere = '127.0.0.1:1';

const varve = (args: readonly string[], env: VarveOptions['env'] = {}) =>
  runVarve(args, { env: { XDG_DATA_HOME: home, ...env } });

/** A folder in which what a path leads to stands under a name. */
function folderWith(name: string, path: string): string {
  const folder = newPath('folder');
  mkdirSync(folder);
  symlinkSync(path, join(folder, name));
  return folder;
}

const postgres = (parameters: string) => `postgres://u@${nowhere}/d?${parameters}`;

/** Where a path can be given, and the status of a run that cannot use what is there. */
const PLACES: Readonly<
  Record<string, (path: string) => readonly [number, readonly string[], VarveOptions['env']?]>
> = {
  'build metadata': (path) => [4, ['snapshot', '--metadata', path]],
  'a settings file': (path) => [4, ['tree', image, '--config', path]],
  authorities: (path) => [2, ['tree', `docker://${nowhere}/x`, '--ca', path]],
  'an output': (path) => [4, ['snapshot', image, '--name', 'x', '--pointer-path', path]],
  'the event of a workflow': (path) => [
    0,
    ['snapshot', image, '--name', 'x'],
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: path },
  ],
  'authorities of a database': (path) => [
    4,
    ['history', 'x', '--baseline', postgres(`sslmode=verify-ca&sslrootcert=${path}`)],
  ],
  'passwords of a database': (path) => [4, ['history', 'x', '--baseline', postgres(`passfile=${path}`)]],
  'the contexts of docker': (path) => [
    4,
    ['tree', 'docker-daemon:x'],
    { DOCKER_CONFIG: folderWith('config.json', path), XDG_RUNTIME_DIR: newPath('run') },
  ],
  'authorities of an engine': (path) => [
    2,
    ['tree', 'docker-daemon:x'],
    { DOCKER_HOST: `tcp://${nowhere}`, DOCKER_TLS: '1', DOCKER_CERT_PATH: folderWith('ca.pem', path) },
  ],
};

describe('a path that leads to', () => {
  it.each(Object.keys(PLACES))('a pipe that nobody is at is not waited for: %s', async (place) => {
    const pipe = newPath('pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    const [status, args, env] = PLACES[place]?.(pipe) ?? [];
    const outcome = await varve(args ?? [], env);
    expect([outcome.status, outcome.stderr]).toEqual([status, expect.not.stringContaining('\n    at ')]);
  });

  it.each(Object.keys(PLACES).filter((place) => place !== 'an output'))(
    'a device without end is read no further than a file of that kind can be long: %s',
    async (place) => {
      const [, args, env] = PLACES[place]?.('/dev/zero') ?? [];
      // A read without end would not fit: so little memory is allowed.
      const outcome = await varve(args ?? [], { ...env, NODE_OPTIONS: '--max-old-space-size=256' });
      expect([0, 2, 3, 4]).toContain(outcome.status);
    },
  );

  it('a pipe that somebody writes to is read', async () => {
    const script = `(sleep 0.1; echo 'nme: x') | "$0" "$1" tree ${image} --config /dev/stdin`;
    const child = execFile('/bin/sh', ['-c', script, process.execPath, join(DIST, 'cli.js')], {
      env: OUTSIDE,
    });
    let said = '';
    child.stderr?.on('data', (text: string) => {
      said += text;
    });
    const [status] = await once(child, 'close');
    expect([status, said]).toEqual([2, expect.stringContaining('unknown setting "nme"')]);
  });
});

describe('a file of the kernel that has nothing yet', () => {
  // A terminal that nobody writes to, as /proc/kmsg, of which only root learns that.
  it.each([
    ['verify', '/dev/ptmx'],
    ['tree', image, '--config', '/dev/ptmx'],
    ['snapshot', '--metadata', '/dev/ptmx'],
    ['tree', `docker://${nowhere}/x`, '--ca', '/dev/ptmx'],
  ])('is not waited for: %s %s', async (...args) => {
    const { status, stderr } = await varve(args);
    expect([2, 4]).toContain(status);
    expect(stderr).toContain('/dev/ptmx');
  });
});

/** What is piped to a program, whose writer would go on for ever; tells how much of it was taken. */
async function varveEndless(beginning: Buffer, more: Buffer) {
  const child = execFile(process.execPath, [join(DIST, 'cli.js'), 'inspect', '-'], { env: OUTSIDE });
  let said = '';
  child.stderr?.on('data', (text: string) => {
    said += text;
  });
  const { stdin } = child;
  stdin?.on('error', () => undefined).write(beginning);
  const goOn = () => {
    while (stdin?.writable && stdin.write(more));
  };
  stdin?.on('drain', goOn);
  goOn();
  const [status] = await once(child, 'close');
  return { status, said };
}

describe('standard input without end', () => {
  const archive = tarOf(file('a'));
  it.each([
    ['of lines', Buffer.alloc(0), 'y\n', 3, 'malformed: standard input is not an image'],
    ['of zeros', Buffer.alloc(0), '\0', 2, 'image-not-found: standard input is not an image'],
    [
      'after a header',
      archive.subarray(0, 1024),
      'y\n',
      3,
      'malformed: standard input: in the tar at byte 1024',
    ],
    ['after an archive', archive, 'y\n', 2, 'image-not-found: standard input is not an image'],
  ] as const)(
    'is read no further than it may be an archive: %s',
    async (_, beginning, text, status, words) => {
      const outcome = await varveEndless(beginning, Buffer.alloc(1 << 16, text));
      expect([outcome.status, outcome.said]).toEqual([status, expect.stringContaining(words)]);
      expect(outcome.said).toContain('hint: ');
    },
  );

  it.each([
    ['as it is', archive],
    ['unpacked', gzipSync(Buffer.alloc(100_000))],
  ])('may be as long as a layer: %s', async (_, stdin) => {
    const { status, stderr } = await runVarve(['inspect', '-', '--max-layer-bytes', '1000'], { stdin });
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/limit-exceeded: .*\n {2}hint: .*--max-layer-bytes/),
    ]);
  });
});

describe('an image that has more than any program writes', () => {
  const one = makeImage([layerOf(tarOf(file('a')))]);
  const platform = (at: number) => ({ os: 'linux', architecture: `a${at}` });
  const many = <T>(count: number, item: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => item(at));
  const layoutOf = (entries: readonly object[], blobs = one.blobs) => {
    const folder = writeFolder(newPath('image'), layoutFiles([one.descriptor], blobs));
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: entries }));
    return `oci:${folder}`;
  };
  const withConfig = (config: Readonly<Record<string, unknown>>) => {
    const made = makeImage([layerOf(tarOf(file('a')))], { config });
    return layoutOf([made.descriptor], made.blobs);
  };

  it.each<[string, () => string]>([
    [
      '1000 images in one index',
      () => layoutOf(many(1001, (at) => ({ ...one.descriptor, platform: platform(at) }))),
    ],
    ['10000 entries', () => layoutOf(many(10_001, () => one.descriptor))],
    [
      '10000 steps in its history',
      () => withConfig({ history: many(10_001, () => ({ empty_layer: true })) }),
    ],
    ['100000 values', () => withConfig({ config: { Env: many(100_001, () => 'A') } })],
    [
      '1000 layers',
      () =>
        withConfig({ rootfs: { type: 'layers', diff_ids: many(1001, () => `sha256:${'0'.repeat(64)}`) } }),
    ],
  ])('is refused: %s', async (words, make) => {
    const { status, stderr } = await varve(['inspect', make()]);
    expect([status, stderr]).toEqual([3, expect.stringContaining(`has more than ${words}`)]);
    expect(stderr).toMatch(/^varve: limit-exceeded: .*\n {2}hint: /);
  });

  it('is refused where it names one large document again and again', async () => {
    const entries = many(50, (at) => ({ ...one.descriptor, platform: platform(at) }));
    const { status, stderr } = await varve(['inspect', layoutOf(entries), '--max-json-bytes', '1000']);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/limit-exceeded: .*--max-json-bytes/s)]);
  });
});

const EVIL = '\u001b[31m\n::error::x\n##[error]y\u202e';

describe('what was given in the wrong place', () => {
  it.each([[[`--${EVIL}`]], [[EVIL]], [['tree', image, EVIL]], [['tree', `--format=${EVIL}`, image]]])(
    'is shown as text: %j',
    async (args) => {
      const { status, stderr } = await varve(args);
      expect(status).toBe(2);
      expect(stderr).not.toMatch(/\u001b|\u202e|^\s*::|##\[/m);
      expect(stderr).toContain('\\x1b[31m');
    },
  );

  it.each([
    [['--basline=postgres://u:SECRET@h/d']],
    [['postgres://u:SECRET@h/d']],
    [['tree', image, 'https://u:SECRET@h/d']],
    [['history', '--layer', 'https://u:SECRET@h/d']],
    [['snapshot', '--metadata', 'https://u:SECRET@h/d']],
    [['snapshot', image, '--config', 'https://:SECRET@h/d']],
    [['snapshot', image, '--platform', 'oci://u:SE@CRET@h/d']],
  ])('keeps its password: %j', async (args) => {
    const { status, stdout, stderr } = await varve(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain('CRET');
    expect(stderr).toContain('//…@h/d');
  });
});

describe('the query of a URL', () => {
  it.each(
    [
      'oci://127.0.0.1:1/x',
      'docker://127.0.0.1:1/x',
      'https://h/x',
      '127.0.0.1:1/x',
      '//h/x',
      'oci:https://h/x',
    ].map((place) => `${place}?token=SECRET&x=1`),
  )('is not repeated, as a token may be in it: %s', async (url) => {
    for (const args of [
      ['verify', url],
      ['inspect', url],
      ['history', 'x', '--baseline', url],
      ['tree', image, '--config', url],
      ['snapshot', image, '--name', url],
      ['snapshot', image, '--name', 'x', '--publish', url],
    ]) {
      const { status, stdout, stderr } = await varve(args);
      expect([args, stdout]).toEqual([args, '']);
      expect([2, 4]).toContain(status);
      expect(stderr).not.toContain('SECRET');
    }
  });

  it.each(['oci://SECRET@h/x', 'https://SECRET@h/x', 'docker://SECRET@h/x'])(
    'and a user before the host are left out: %s',
    async (url) => {
      for (const args of [
        ['verify', url],
        ['inspect', url],
        ['tree', image, '--config', url],
      ]) {
        const { stderr } = await varve(args);
        expect(stderr).not.toContain('SECRET');
      }
    },
  );
});

describe('a name that has a password, since it is kept and shown', () => {
  it.each([
    ['--name', 'https://u:SECRET@h/x', '//…@h/x'],
    ['--name', 'u:SECRET@h/x', '…@h/x'],
    ['--branch', 'https://SECRET@h/x', '//…@h/x'],
    ['--branch', 'u:SECRET@h', '…@h'],
  ])('is refused: %s %s', async (option, name, shown) => {
    const { status, stdout, stderr } = await varve(['snapshot', image, option, name]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${shown}" has a user before its host`);
    expect(stderr).not.toContain('SECRET');
  });

  it.each(['@acme/web', 'web@2', 'web:1@sha256:aa', 'acme/web'])('%s has none', async (name) => {
    const { status } = await varve(['snapshot', image, '--name', name, '--cas-root', newPath('store')]);
    expect(status).toBe(0);
  });
});

describe('an engine or a proxy whose address is wrong', () => {
  it.each([
    ['DOCKER_HOST', 'tcp://u:SECRET@127.0.0.1:1', ['tree', 'docker-daemon:x'], '//…@127.0.0.1:1'],
    ['DOCKER_HOST', 'ssh://u:SECRET@h', ['tree', 'docker-daemon:x'], '//…@h'],
    ['HTTPS_PROXY', 'u:SECRET@[', ['tree', 'docker://r.invalid/x'], 'http://USER:PASSWORD@HOST:PORT'],
  ])('keeps its password too: %s=%s', async (variable, address, args, words) => {
    const { stderr } = await varve(args, { [variable]: address });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('SECRET');
  });
});

describe('settings with tags', () => {
  it.each(['name: !!js/function "x"', 'name: !x [a]', '!::error::x {name: a}'])(
    'are refused: %s',
    async (yaml) => {
      const path = newPath('varve.yml');
      writeFileSync(path, `${yaml}\n`);
      const { status, stderr } = await varve(['tree', image, '--config', path]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/^varve: bad-option: .* is not YAML: /)]);
      expect(stderr).not.toMatch(/Warning|^\s*::/m);
    },
  );
});

describe('JSON that is printed', () => {
  it('has nothing that a terminal acts on', async () => {
    const label = 'a\u009b31m\u007f\u2028\u202e\u2066##[error]é';
    const made = makeImage([layerOf(tarOf(file('a')))], { config: { config: { Labels: { label } } } });
    const other = `oci:${writeFolder(newPath('image'), layoutFiles([made.descriptor], made.blobs))}`;
    const { status, stdout } = await varve(['compare', image, other, '--format', 'json']);
    expect(status).toBe(0);
    expect(stdout.trimEnd()).not.toMatch(
      /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|##/u,
    );
    expect(stdout).toContain('é');
    expect(JSON.stringify(JSON.parse(stdout).config)).toContain(JSON.stringify(label).slice(1, -1));
  });
});

describe('whiteouts', () => {
  it('that are stated again and again cost no more than once', async () => {
    const many = (count: number, make: (at: number) => Buffer) =>
      Array.from({ length: count }, (_, at) => make(at));
    const lower = many(10_000, (at) => file(`d/f${at}`, ''));
    const upper = [file('.wh.d', ''), file('d/.wh..wh..opq', '')].flatMap((entry) =>
      many(10_000, () => entry),
    );
    const made = makeImage([layerOf(tarOf(...lower)), layerOf(tarOf(...upper, file('d/new', '')))]);
    const reference = `oci:${writeFolder(newPath('image'), layoutFiles([made.descriptor], made.blobs))}`;
    const { status, stdout } = await varve(['tree', reference, '--format', 'ndjson']);
    expect(status).toBe(0);
    const paths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).path);
    expect(paths).toEqual(['.', 'd', 'd/new']);
  });
});

describe('a registry on this machine', () => {
  it.each(['64:ff9b::6464:64c8', '::ffff:0:168.63.129.16', '2002:c000:c0::1', '64:ff9b:1::a9fe:a9fe'])(
    'cannot have an address asked where clouds give credentials, however it is written: %s',
    async (address) => {
      await using registry = await MemoryRegistry.start();
      registry.faults.push((_, response) => {
        const challenge = `Bearer realm="http://[${address}]/token",service="x"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
        return true;
      });
      const { status, stderr } = await varve(['tree', `docker://${registry.host}/app:v1`]);
      expect([status, stderr]).toEqual([4, expect.stringMatching(/^varve: denied: .*in a private network/)]);
    },
  );
});

/** Lets a program talk to a server that says what it likes, once it has been greeted. */
async function askPostgres(say: (socket: Socket) => void, env: VarveOptions['env'] = {}) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => say(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const location = `postgres://u@127.0.0.1:${port}/d?sslmode=disable`;
    return await varve(['history', 'x', '--baseline', location], env);
  } finally {
    server.close();
  }
}

const message = (type: string, body: Buffer, length = body.length + 4): Buffer => {
  const head = Buffer.from(`${type}----`);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
};

/** Says the same as long as the other side listens. */
function sayWithoutEnd(socket: Socket, beginning: Buffer, more: Buffer): void {
  socket.write(beginning);
  const goOn = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', goOn);
  goOn();
}

describe('a database server', () => {
  it.each<[string, (socket: Socket) => void, number, string]>([
    [
      'that does not speak the protocol',
      (socket) => socket.write(message('R', Buffer.alloc(0), 0)),
      4,
      'does not speak the PostgreSQL protocol',
    ],
    [
      'whose message has no end',
      (socket) => sayWithoutEnd(socket, message('R', Buffer.alloc(0), 0x7fff_ffff), Buffer.alloc(1 << 20)),
      3,
      'answers with more than',
    ],
    [
      'whose rows have no end',
      (socket) => {
        const ready = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
        const column = Buffer.concat([Buffer.from([0, 1, 97, 0]), Buffer.alloc(18)]);
        const row = message('D', Buffer.concat([Buffer.from([0, 1, 0, 1, 0, 0]), Buffer.alloc(1 << 16)]));
        socket.write(ready);
        socket.once('data', () => sayWithoutEnd(socket, message('T', column), row));
      },
      3,
      'answers with more than',
    ],
    [
      'whose rows are not what was asked for',
      (socket) => {
        const ready = message('Z', Buffer.from('I'));
        const column = Buffer.concat([Buffer.from([0, 1, 97, 0]), Buffer.alloc(18)]);
        const row = Buffer.from([0, 1, 0, 0, 0, 1, 97]);
        const answer = [
          message('T', column),
          message('D', row),
          message('C', Buffer.from('SELECT 1\0')),
          ready,
        ];
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
        socket.on('data', () => socket.write(Buffer.concat(answer)));
      },
      3,
      'gave rows of an unknown form',
    ],
  ])('%s is left', async (_, say, status, words) => {
    const outcome = await askPostgres(say);
    expect([outcome.status, outcome.stdout, outcome.stderr]).toEqual([
      status,
      '',
      expect.stringContaining(words),
    ]);
    expect(outcome.stderr).not.toContain('\n    at ');
  });
});

/** What a server says of an error. @see https://www.postgresql.org/docs/current/protocol-error-fields.html */
const refusal = (code: string, words: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0D${words}\0H${words}\0\0`));

describe('a database server that refuses', () => {
  const PASSWORD = 'pa:ss/wörd';

  it.each(['28P01', '3D000', '42601', 'P0001', '53300'])(
    'and repeats the password that it was sent does not have it shown: %s',
    async (code) => {
      const words = `no ${PASSWORD}, no ${encodeURIComponent(PASSWORD)}`;
      const ask = message('R', Buffer.from([0, 0, 0, 3]));
      const outcome = await askPostgres(
        (socket) => {
          socket.write(ask);
          socket.once('data', () => socket.end(refusal(code, words)));
        },
        { PGPASSWORD: PASSWORD, NODE_OPTIONS: WITHOUT_WAITS },
      );
      expect([3, 4]).toContain(outcome.status);
      expect(outcome.stderr).toContain('no …, no …');
    },
  );

  it.each(['42P01', '42P07', '42703', '3F000', '22P02', '23505', 'XX001'])(
    'what it keeps is damaged, and that is no fault in Varve: %s',
    async (code) => {
      const outcome = await askPostgres((socket) => {
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
        socket.on('data', () =>
          socket.write(Buffer.concat([refusal(code, 'relation "varve.x"'), message('Z', Buffer.from('I'))])),
        );
      });
      expect([outcome.status, outcome.stderr]).toEqual([
        3,
        expect.stringMatching(
          /^varve: malformed: postgres:\/\/\S+ is damaged: relation "varve\.x"\n {2}hint: /,
        ),
      ]);
    },
  );
});

describe('a registry that repeats what it was sent', () => {
  const [username, password] = ['user', 'pa:ss/wörd'];
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const words = [password, encodeURIComponent(password), login, `Basic ${login}`, 'token-0'].join(' ');
  const say =
    (status: number): Fault =>
    (request, response) => {
      if (request.headers.authorization === undefined) return false;
      if (status !== 401 && request.url?.startsWith('/token')) return false;
      sendJson(response, status, { errors: [{ code: 'X', message: words }] });
      return true;
    };

  it.each<[kind: 'basic' | 'bearer', status: number]>([
    ['basic', 400],
    ['basic', 403],
    ['basic', 500],
    ['bearer', 401],
    ['bearer', 403],
    ['bearer', 503],
  ])('does not have it shown: %s, %s', async (kind, status) => {
    await using registry = await MemoryRegistry.start({ auth: { kind, login: { username, password } } });
    registry.faults.push(say(status));
    const config = newPath('docker');
    mkdirSync(config);
    writeFileSync(
      join(config, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth: login } } }),
    );
    const { stderr } = await runVarve(['tree', `docker://${registry.host}/app:v1`], {
      env: { DOCKER_CONFIG: config },
      impatient: true,
    });
    const sent =
      kind === 'basic' || status === 401 ? [password, encodeURIComponent(password), login] : ['token-0'];
    for (const secret of sent) expect(stderr).not.toContain(secret);
    expect(stderr).toMatch(/^varve: \S+: .*X: .*…/);
  });
});
