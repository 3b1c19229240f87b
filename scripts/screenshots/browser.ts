import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** What a picture is taken of, and how. */
export interface Shot {
  readonly url: string;
  /** CSS pixels. */
  readonly width: number;
  /** Pixels of the picture for each of them. */
  readonly scale: number;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Chromium without a window, spoken to by its debugging protocol on loopback. @see https://chromedevtools.github.io/devtools-protocol/ */
export class Browser implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #loaded: () => void = () => {};
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener('message', ({ data }) => {
      const answer: Answer = JSON.parse(String(data));
      if (answer.method === 'Page.loadEventFired') this.#loaded();
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  /** @param profile a new folder for what it writes; removed at the end. */
  static async start(profile: string): Promise<Browser> {
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run'];
    const network = [
      '--remote-debugging-port=0',
      '--disable-background-networking',
      `--user-data-dir=${profile}`,
    ];
    const child = spawn('chromium', [...options, ...network, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const port = await readPort(child);
    const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
    const pages = (await listed.json()) as readonly { type: string; webSocketDebuggerUrl: string }[];
    const page = pages.find(({ type }) => type === 'page');
    if (page === undefined) throw new Error('chromium has no page');
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await once(socket, 'open');
    const browser = new Browser(child, socket, profile);
    await browser.#send('Page.enable');
    return browser;
  }

  /** Takes a picture of a whole page, as PNG. */
  async capture({ url, width, scale }: Shot): Promise<Buffer> {
    const metrics = { width, height: 100, deviceScaleFactor: scale, mobile: false };
    await this.#send('Emulation.setDeviceMetricsOverride', metrics);
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.#send('Page.navigate', { url });
    await loaded;
    const { cssContentSize } = await this.#send('Page.getLayoutMetrics');
    const { height } = cssContentSize as { height: number };
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await this.#send('Page.captureScreenshot', { clip, captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  async #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result = {}, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#socket.close();
    this.#process.kill();
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** It says on stderr where it listens. */
async function readPort({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('stderr is a pipe');
  for await (const line of createInterface(stderr)) {
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    stderr.resume();
    return port;
  }
  throw new Error('chromium did not start: is it installed?');
}
