import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { findProgram, run } from './shell.ts';

/** What a reader needs to judge the figures, and nothing that names the machine. */
export interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly tools: Readonly<Record<string, string>>;
}

const TOOLS = ['gzip', 'igzip', 'zstd', 'openssl', 'python3', 'skopeo', 'umoci', 'podman', 'diffoscope'];

export function describeMachine(): Machine {
  const tools = TOOLS.filter(findProgram).map((name) => [name, readVersion(name)] as const);
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown processor',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: readSystem(),
    tools: Object.fromEntries(tools),
  };
}

function readVersion(name: string): string {
  const said = run('sh', ['-c', `${name} ${name === 'openssl' ? 'version' : '--version'} 2>&1 || true`]);
  return (/\d+(\.\d+)+/.exec(said) ?? /\d+/.exec(said))?.[0] ?? 'of unknown version';
}

function readSystem(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}
