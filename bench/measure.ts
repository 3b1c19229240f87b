import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { cachePath } from './cache.ts';
import type { Case } from './cases/case.ts';
import { findProgram, say } from './shell.ts';

export interface Sample {
  readonly wallMs: number;
  /** User and system time of the process and its children; null where GNU time is missing. */
  readonly cpuMs: number | null;
  /** Peak resident memory of the largest process, in MB (10^6 bytes); null as above. */
  readonly peakMb: number | null;
}

export type Outcome =
  | { readonly kind: 'measured'; readonly samples: Sample[] }
  | { readonly kind: 'not run' | 'failed'; readonly reason: string };

export type Outcomes = ReadonlyMap<string, Outcome>;

/** Where the commands run and leave what they write. */
export const workFolder = cachePath('work');

/** Runs every case once a round, round by round, so that a noisy minute falls on all of them alike. */
export function measureInterleaved(cases: readonly Case[], repetitions: number): Outcomes {
  const outcomes = new Map<string, Outcome>();
  for (let round = 1; round <= repetitions; round += 1) {
    for (const subject of cases) {
      const before = outcomes.get(subject.id);
      if (before && before.kind !== 'measured') continue;
      if (round > (subject.repetitions ?? repetitions)) continue;
      outcomes.set(subject.id, takeRound(subject, round, before?.samples ?? []));
    }
  }
  return outcomes;
}

function takeRound(subject: Case, round: number, before: Sample[]): Outcome {
  const lacking = subject.needs.find((need) => !need.present());
  if (lacking) return { kind: 'not run', reason: lacking.missing };
  try {
    if (round === 1) subject.prepare?.();
    subject.reset?.();
    const sample = takeSample(subject);
    say(`  ${round}  ${subject.id.padEnd(28)} ${formatSample(sample)}`);
    return { kind: 'measured', samples: [...before, sample] };
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    say(`  ${round}  ${subject.id.padEnd(28)} FAILED: ${reason}`);
    return { kind: 'failed', reason };
  }
}

function formatSample({ wallMs, peakMb }: Sample): string {
  return `${wallMs.toFixed(0).padStart(7)} ms${peakMb === null ? '' : `${peakMb.toFixed(0).padStart(7)} MB`}`;
}

/**
 * GNU time runs between the bench and the program for another reason too: a direct child
 * would start with the bench's own resident size as its peak.
 */
function takeSample(subject: Case): Sample {
  const { program, args, env } = subject.command();
  const figures = cachePath('work', 'figures');
  const timer = findProgram('time');
  const [first = program, ...rest] = timer
    ? [timer, '--quiet', '--format', '%M %U %S', '--output', figures, program, ...args]
    : [program, ...args];
  mkdirSync(workFolder, { recursive: true });
  rmSync(figures, { force: true });
  // What an earlier case wrote goes to the disk now, not during this one.
  spawnSync('sync');
  const printed = cachePath('work', 'stdout');
  const stdout = openSync(printed, 'w');
  const start = process.hrtime.bigint();
  const result = spawnSync(first, rest, {
    cwd: subject.directory ?? workFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
  closeSync(stdout);
  if (result.error) throw result.error;
  if (!(subject.accepts ?? [0]).includes(result.status ?? -1)) {
    const said = result.stderr.toString().trim().split('\n').slice(-3).join(' | ');
    throw new Error(`${program} ended with ${result.status ?? result.signal}: ${said.slice(0, 500)}`);
  }
  subject.check?.(readFileSync(printed, 'utf8'));
  return { wallMs, ...(timer ? readFigures(figures) : { cpuMs: null, peakMb: null }) };
}

function readFigures(path: string): Pick<Sample, 'cpuMs' | 'peakMb'> {
  const [kibibytes = 0, user = 0, system = 0] = readFileSync(path, 'utf8').trim().split(' ').map(Number);
  return { cpuMs: (user + system) * 1000, peakMb: (kibibytes * 1024) / 1e6 };
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) throw new Error('no values have no median');
  const lower = sorted[Math.ceil(middle) - 1] ?? upper;
  return (lower + upper) / 2;
}

/** The median wall time in milliseconds; undefined when the case was not measured. */
export function wallOf(outcome: Outcome | undefined): number | undefined {
  return outcome?.kind === 'measured' ? median(outcome.samples.map(({ wallMs }) => wallMs)) : undefined;
}

/** The highest peak of all repetitions in MB: memory promises are about the worst run, not the middle one. */
export function peakOf(outcome: Outcome | undefined): number | undefined {
  if (outcome?.kind !== 'measured') return undefined;
  const peaks = outcome.samples.flatMap(({ peakMb }) => (peakMb === null ? [] : [peakMb]));
  return peaks.length > 0 ? Math.max(...peaks) : undefined;
}
