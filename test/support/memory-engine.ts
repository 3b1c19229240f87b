import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** An image that an engine of the tests has. */
export interface EngineImage {
  readonly names: readonly string[];
  /** What inspecting it tells; `Id` at least. */
  readonly inspection: { readonly Id: string } & Readonly<Record<string, unknown>>;
  /** What exporting it gives. */
  readonly archive: Buffer;
}

/** Does in place of an answer what an engine in trouble does. @returns false to let the answer come as usual. */
export type EngineFault = (path: string, response: ServerResponse) => boolean;

/** An engine that has what one puts into it, speaks Docker's language on a socket, and fails on command. */
export class MemoryEngine implements AsyncDisposable {
  readonly socket: string;
  readonly images: EngineImage[] = [];
  /** Paths that were asked for, without the version. */
  readonly asked: string[] = [];
  /** Headers of the greeting. */
  greeting: Readonly<Record<string, string>> = { 'Api-Version': '1.41', Server: 'Docker/20.10.24 (linux)' };
  fault: EngineFault = () => false;
  readonly #server: Server;

  private constructor(socket: string) {
    this.socket = socket;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(socket: string): Promise<MemoryEngine> {
    const engine = new MemoryEngine(socket);
    await new Promise<void>((resolve) => engine.#server.listen(socket, resolve));
    return engine;
  }

  /** How often an image was exported. */
  get exports(): number {
    return this.asked.filter((path) => path.endsWith('/get')).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const path = url.replace(/^\/v\d+\.\d+/, '');
    this.asked.push(path);
    if (this.fault(path, response)) return;
    if (path === '/_ping') {
      response.writeHead(200, this.greeting).end('OK');
      return;
    }
    if (path === '/info') {
      sendEngineJson(response, 200, { Driver: 'overlay2', DockerRootDir: '/nowhere' });
      return;
    }
    if (path === '/images/json') {
      const list = this.images.map(({ names, inspection: { Id, RepoDigests } }) => ({
        Id,
        RepoTags: names,
        RepoDigests,
      }));
      sendEngineJson(response, 200, list);
      return;
    }
    const [, name = '', call] = /^\/images\/(.+)\/(json|get)(?:\?.*)?$/.exec(path) ?? [];
    const image = this.#find(name);
    if (image === undefined) sendEngineJson(response, 404, { message: `No such image: ${name}` });
    else if (call === 'get') response.writeHead(200).end(image.archive);
    else
      sendEngineJson(response, 200, {
        RepoTags: image.names,
        Os: 'linux',
        Architecture: 'amd64',
        Size: image.archive.length,
        ...image.inspection,
      });
  }

  /** By a name, or the ID or what only one ID begins with. */
  #find(name: string): EngineImage | undefined {
    const named = this.images.find(({ names }) => names.includes(name));
    const start = `sha256:${name.replace('sha256:', '')}`;
    const begun = this.images.filter(({ inspection: { Id } }) => Id?.startsWith(start));
    return named ?? (begun.length === 1 ? begun[0] : undefined);
  }
}

export function sendEngineJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}
