import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../src/base/digest.ts';
import { BlockBlobs, readBody, TAKEN } from './block-blobs.ts';

/** An artifact of a job as the service keeps it: a zip. */
export interface JobArtifact {
  readonly name: string;
  readonly bytes: Buffer;
}

const SERVICE = '/twirp/github.actions.results.api.v1.ArtifactService/';
/** Run and job, as a token names them. */
const JOB = 'ce7f54c7-61c7-4aae-887f-30da475f5f1a:ca395085-040a-526b-2ce8-bdc85f692774';

/**
 * The service of GitHub Actions that keeps the artifacts of jobs (v4), with the storage behind it, on a loopback port. An
 * artifact is there once it is finalized with the size and the digest of what was sent.
 */
export class ArtifactService implements AsyncDisposable {
  readonly artifacts: JobArtifact[] = [];
  readonly #blobs = new BlockBlobs();
  readonly #server: Server;
  #origin = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((fault: unknown) => response.destroy(fault as Error));
    });
  }

  static async start(): Promise<ArtifactService> {
    const service = new ArtifactService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    service.#origin = `http://127.0.0.1:${(service.#server.address() as AddressInfo).port}`;
    return service;
  }

  /** What the runner tells an action so that it can reach the service. */
  environment(): Record<string, string> {
    const claims = Buffer.from(JSON.stringify({ scp: `Actions.Results:${JOB}` })).toString('base64url');
    return {
      ACTIONS_RESULTS_URL: `${this.#origin}/`,
      ACTIONS_RUNTIME_TOKEN: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
      GITHUB_SERVER_URL: 'https://github.com',
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#origin);
    const body = await readBody(request);
    if (url.pathname.startsWith(SERVICE)) {
      const answer = this.#call(url.pathname.slice(SERVICE.length), JSON.parse(body.toString()));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } else {
      this.#blobs.put(url, body);
      response.writeHead(201, TAKEN).end();
    }
  }

  #call(method: string, { name, size, hash }: Record<string, unknown>): unknown {
    const path = `/blobs/${name}`;
    switch (method) {
      case 'CreateArtifact':
        return { ok: true, signed_upload_url: `${this.#origin}${path}?sig=write` };
      case 'FinalizeArtifact': {
        const bytes = this.#blobs.get(path);
        const isSound = String(bytes.length) === String(size) && digestOf(bytes) === hash;
        if (isSound) this.artifacts.push({ name: String(name), bytes });
        return { ok: isSound, artifact_id: '1' };
      }
      default:
        throw new Error(`no such method: ${method}`);
    }
  }
}
