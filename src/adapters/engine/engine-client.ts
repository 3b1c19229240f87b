import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { parseShape } from '../../core/image/raw-document.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';
import { engineFault, noEngine, refusedByEngine } from './engine-faults.ts';
import {
  type EngineInfo,
  type ImageList,
  ImageListSchema,
  InfoSchema,
  type Inspection,
  InspectionSchema,
} from './engine-messages.ts';

/** How long an engine is waited for, in milliseconds. */
export interface EnginePatience {
  /** For an answer to begin, and then for all of it but an export. */
  readonly answer: number;
  /** For an export to begin: an engine writes the whole image to its disk before. */
  readonly export: number;
  /** Between two pieces of an answer. */
  readonly idle: number;
}

const DEFAULT_PATIENCE: EnginePatience = { answer: 60_000, export: 1_800_000, idle: 120_000 };

const LARGEST_ANSWER = 64 * 1024 * 1024;
const LARGEST_REFUSAL = 64 * 1024;

/** The newest version of the interface whose answers are understood; engines speak older ones too. */
const NEWEST_API = '1.51';
/** From here on inspecting an image can tell what stands in its index. */
const API_WITH_MANIFESTS = '1.48';

/**
 * Talks to a container engine: Docker, or Podman in Docker's language.
 * @see https://docs.docker.com/reference/api/engine/
 */
export class EngineClient {
  readonly address: string;
  readonly #endpoint: EngineEndpoint;
  readonly #patience: EnginePatience;
  readonly #signal: AbortSignal | undefined;
  #greeting: Promise<Greeting> | null = null;

  /** @param signal ends whatever is asked, with its reason. */
  constructor(endpoint: EngineEndpoint, patience: EnginePatience = DEFAULT_PATIENCE, signal?: AbortSignal) {
    this.address = endpoint.address;
    this.#endpoint = endpoint;
    this.#patience = patience;
    this.#signal = signal;
  }

  /** Whether it listens on this host; by an address, it may be anywhere. */
  get isLocal(): boolean {
    return this.#endpoint.target.kind === 'socket';
  }

  /** @returns null when there is no image of that name, ID or beginning of an ID. @throws VarveError `unreachable`, `denied`. */
  async inspect(name: string): Promise<Inspection | null> {
    const { api } = await this.#greet();
    const query = isAtLeast(api, API_WITH_MANIFESTS) ? '?manifests=1' : '';
    const answer = await this.#ask(`/images/${name}/json${query}`);
    return answer === null
      ? null
      : parseShape(InspectionSchema, answer, `${this.address}: the image ${name}`);
  }

  /** All images that have a name, and those that have none. */
  async list(): Promise<ImageList> {
    const answer = await this.#ask('/images/json');
    return parseShape(ImageListSchema, answer ?? [], `${this.address}: its images`);
  }

  async info(): Promise<EngineInfo> {
    return parseShape(InfoSchema, (await this.#ask('/info')) ?? {}, `${this.address}: its settings`);
  }

  /** Whether Podman answers, and not Docker. */
  async isPodman(): Promise<boolean> {
    return (await this.#greet()).isPodman;
  }

  /**
   * An archive of an image, as `docker save` writes it. The stream fails when the engine stops in its midst.
   * @throws VarveError `unreachable`, `denied`.
   */
  async export(id: string, signal: AbortSignal): Promise<IncomingMessage> {
    const path = `/images/${id}/get`;
    const response = await this.#send(await this.#versioned(path), this.#patience.export, signal);
    if (response.statusCode === 200) {
      this.#hurry(response);
      return response;
    }
    const body = await this.#read(response, LARGEST_REFUSAL);
    throw refusedByEngine(this.address, path, response.statusCode ?? 0, body);
  }

  #greet(): Promise<Greeting> {
    this.#greeting ??= this.#ping();
    return this.#greeting;
  }

  async #ping(): Promise<Greeting> {
    const response = await this.#send('/_ping', this.#patience.answer);
    const body = await this.#read(response, LARGEST_REFUSAL);
    const { statusCode: status = 0 } = response;
    // A server of another kind does not know the path, or wants to be spoken to with TLS.
    if (![200, 400, 404].includes(status)) throw refusedByEngine(this.address, '/_ping', status, body);
    const api = response.headers['api-version'];
    if (typeof api !== 'string' || !/^\d+\.\d+$/.test(api)) throw noEngine(this.address);
    return {
      api: isAtLeast(api, NEWEST_API) ? NEWEST_API : api,
      isPodman: 'libpod-api-version' in response.headers,
    };
  }

  async #versioned(path: string): Promise<string> {
    return `/v${(await this.#greet()).api}${path}`;
  }

  /** @returns the JSON that was answered; null for a 404. */
  async #ask(path: string): Promise<unknown> {
    const response = await this.#send(await this.#versioned(path), this.#patience.answer);
    const body = await this.#read(response, LARGEST_ANSWER);
    const { statusCode: status = 0 } = response;
    if (status === 404) return null;
    if (status !== 200) throw refusedByEngine(this.address, path, status, body);
    try {
      return parseShallowJson(body);
    } catch (cause) {
      throw new VarveError('malformed', `${this.address}${path} gave an answer that is not JSON`, {
        object: this.address,
        cause,
      });
    }
  }

  #send(path: string, patience: number, own?: AbortSignal): Promise<IncomingMessage> {
    const signals = [own, this.#signal].filter((each) => each !== undefined);
    const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
    return new Promise((resolve, reject) => {
      const request = this.#start({ path, method: 'GET', agent: false, ...(signal && { signal }) });
      const timer = setTimeout(() => request.destroy(new Error('it does not answer')), patience);
      request.on('error', (fault) => {
        clearTimeout(timer);
        reject(signal?.aborted ? signal.reason : engineFault(fault, this.address));
      });
      request.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      request.end();
    });
  }

  async #read(response: IncomingMessage, limit: number): Promise<string> {
    this.#hurry(response);
    const tooSlow = new Error('its answer comes too slowly');
    const timer = setTimeout(() => response.destroy(tooSlow), this.#patience.answer);
    try {
      return await readText(response, limit);
    } catch (fault) {
      this.#signal?.throwIfAborted();
      throw engineFault(fault, this.address);
    } finally {
      clearTimeout(timer);
    }
  }

  #hurry(response: IncomingMessage): void {
    const { idle } = this.#patience;
    response.setTimeout(idle, () => response.destroy(new Error('it says nothing any more')));
  }

  /** @throws VarveError `unreachable` for certificates that are not valid. */
  #start(options: RequestOptions): ReturnType<typeof plainRequest> {
    const { target } = this.#endpoint;
    if (target.kind === 'socket') {
      return plainRequest({ ...options, socketPath: target.path, headers: { Host: 'localhost' } });
    }
    const { host, port, tls } = target;
    if (tls === null) return plainRequest({ ...options, host, port });
    try {
      return tlsRequest({
        ...options,
        host,
        port,
        rejectUnauthorized: tls.verify,
        ...(tls.ca !== null && { ca: tls.ca }),
        ...(tls.cert !== null && { cert: tls.cert }),
        ...(tls.key !== null && { key: tls.key }),
      });
    } catch (fault) {
      throw engineFault(fault, this.address);
    }
  }
}

interface Greeting {
  /** The version of the interface that is spoken. */
  readonly api: string;
  readonly isPodman: boolean;
}

/** Compares versions such as `1.41`. */
function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

async function readText(response: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > limit) throw new Error(`its answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
