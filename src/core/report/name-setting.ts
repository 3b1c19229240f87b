/** A place in an image's config, as people write it. */
export interface NamedSetting {
  /** The instruction of a Dockerfile; of fields that none sets, the field. */
  readonly setting: string;
  /** What it says that of: a variable, a label, a port; empty where it says one thing. */
  readonly item: string;
  /** The items are all that it says: their values tell nothing. */
  readonly isListed: boolean;
}

/** The fields of `config` that instructions set. @see https://docs.docker.com/reference/dockerfile/ */
const INSTRUCTIONS: Readonly<Record<string, string>> = {
  Env: 'ENV',
  Labels: 'LABEL',
  ExposedPorts: 'EXPOSE',
  Volumes: 'VOLUME',
  Cmd: 'CMD',
  Entrypoint: 'ENTRYPOINT',
  User: 'USER',
  WorkingDir: 'WORKDIR',
  Shell: 'SHELL',
  StopSignal: 'STOPSIGNAL',
  Healthcheck: 'HEALTHCHECK',
  OnBuild: 'ONBUILD',
};

const LISTED: ReadonlySet<string> = new Set(['EXPOSE', 'VOLUME']);

/** Names a place in the config by its JSON pointer. */
export function nameSetting(pointer: string): NamedSetting {
  const [, ...steps] = pointer.split('/').map(decodeStep);
  const [first = '', field = '', ...rest] = steps;
  const instruction = first === 'config' && Object.hasOwn(INSTRUCTIONS, field) ? INSTRUCTIONS[field] : null;
  if (instruction == null) return { setting: steps.join('.') || 'config', item: '', isListed: false };
  const item = rest.join('/');
  if (instruction === 'HEALTHCHECK')
    return { setting: instruction, item: FLAGS[item] ?? item, isListed: false };
  return { setting: instruction, item, isListed: LISTED.has(instruction) && item !== '' };
}

const decodeStep = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** The options of HEALTHCHECK; its command has none. */
const FLAGS: Readonly<Record<string, string>> = {
  Test: '',
  Interval: '--interval',
  Timeout: '--timeout',
  StartPeriod: '--start-period',
  StartInterval: '--start-interval',
  Retries: '--retries',
};

const DURATIONS: ReadonlySet<string> = new Set([
  '--interval',
  '--timeout',
  '--start-period',
  '--start-interval',
]);

/** A value as a Dockerfile says it: a command in its shell form or as a list, a duration in seconds. */
export function writeSetting(setting: string, item: string, value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (setting === 'HEALTHCHECK' && DURATIONS.has(item) && typeof value === 'number') return `${value / 1e9}s`;
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) return JSON.stringify(value);
  if (setting === 'HEALTHCHECK') return writeCheck(value);
  const [shell, flag, script] = value;
  const isShellForm = value.length === 3 && shell === '/bin/sh' && flag === '-c';
  return isShellForm && COMMANDS.has(setting) ? `${script}` : writeList(value);
}

const COMMANDS: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT']);

function writeCheck([kind, ...command]: readonly string[]): string {
  if (kind === 'CMD-SHELL' && command.length === 1) return `CMD ${command[0]}`;
  if (kind === 'CMD') return `CMD ${writeList(command)}`;
  return kind === 'NONE' && command.length === 0 ? kind : writeList([kind ?? '', ...command]);
}

const writeList = (parts: readonly string[]): string =>
  `[${parts.map((part) => JSON.stringify(part)).join(', ')}]`;
