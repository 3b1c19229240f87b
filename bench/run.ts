import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cachePath } from './cache.ts';
import type { Case } from './cases/case.ts';
import { floors } from './cases/floors.ts';
import { cleanAfterPeers, peers } from './cases/peers.ts';
import { placedCases } from './cases/placed.ts';
import { installSnyk } from './cases/snyk-install.ts';
import { hugeCase, limitCases, varveCases } from './cases/varve.ts';
import { benchImage, buildBenchImage } from './image/bench-image.ts';
import { readFacts } from './image/facts.ts';
import { buildSynthetic, syntheticImages } from './image/synthetic.ts';
import { describeMachine } from './machine.ts';
import { measureInterleaved, type Outcome, workFolder } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { withPlaces } from './places.ts';
import { type Report, renderCases, renderConditions, renderTargets, writeDocument } from './report.ts';
import { run, say } from './shell.ts';
import { judge, listTargets, type Target } from './targets.ts';

interface Choice {
  readonly cases: readonly Case[];
  readonly targets: readonly Target[];
}

async function bench(options: Options): Promise<number> {
  if (options.list) return list(choose(options));
  await prepare(options, choose(options).cases);
  if (options.prepare) return 0;
  const { cases, targets } = choose(options);
  warmPageCache();
  say(`measuring ${cases.length} cases, ${options.repetitions} rounds:`);
  const outcomes = await withPlaces(cases, () => measureInterleaved(cases, options.repetitions));
  cleanAfterPeers();
  rmSync(workFolder, { recursive: true, force: true });
  const report = { cases, targets, outcomes, facts: readFacts(), machine: describeMachine() };
  console.log(`${renderConditions(report)}\n\n${renderTargets(report)}\n\n${renderCases(report)}`);
  keepRawFigures(report);
  if (options.write) writeDocument(report);
  return isGood(report) ? 0 : 1;
}

function listCases({ quick, huge }: Options): Case[] {
  return [
    ...floors,
    ...peers.map((subject) => (quick ? leaveOut(subject, 'left out by --quick') : subject)),
    ...varveCases,
    ...placedCases,
    ...limitCases.map((subject) => (quick ? { ...subject, repetitions: 1 } : subject)),
    huge ? hugeCase : leaveOut(hugeCase, 'takes --huge'),
  ];
}

/** A case left out stays in the tables, with the reason. */
function leaveOut(subject: Case, reason: string): Case {
  return { ...subject, needs: [{ present: () => false, missing: reason }] };
}

/** The cases and targets that match, and the cases that matching targets are made of. */
function choose(options: Options): Choice {
  const { only } = options;
  const cases = listCases(options);
  const targets = listTargets(readFacts());
  if (!only) return { cases, targets };
  const matching = targets.filter(({ id }) => only.test(id));
  const wanted = new Set(matching.flatMap((target) => target.cases));
  return { cases: cases.filter(({ id }) => only.test(id) || wanted.has(id)), targets: matching };
}

function list({ cases, targets }: Choice): number {
  for (const { id, what } of [...cases, ...targets]) {
    console.log(`${id.padEnd(28)} ${what.replaceAll('\\|', '|')}`);
  }
  return 0;
}

async function prepare({ huge, quick }: Options, cases: readonly Case[]): Promise<void> {
  const wanted = new Set(cases.map(({ id }) => id));
  await buildBenchImage();
  for (const image of Object.values(syntheticImages)) {
    const isLeftOut = image === syntheticImages.huge && !huge;
    if (wanted.has(`limit/${image.id}`) && !isLeftOut) await buildSynthetic(image);
  }
  if (!quick && cases.some(({ id }) => id.startsWith('peer/snyk'))) await installSnyk();
}

/** Reads the inputs once, so that the first round finds them in memory as the others do. */
function warmPageCache(): void {
  const inputs = Object.values(benchImage).filter((path) => existsSync(path));
  for (const path of inputs) run('sh', ['-c', 'find "$1" -type f -exec cat {} + > /dev/null', 'sh', path]);
}

function keepRawFigures({ cases: _, targets, outcomes, facts, machine }: Report): void {
  const time = new Date().toISOString();
  const file = cachePath('results', `${time.replaceAll(':', '-')}.json`);
  const figures = targets.map((target) => ({ ...target, figure: target.figure(outcomes) ?? null }));
  mkdirSync(cachePath('results'), { recursive: true });
  const document = { time, machine, facts, targets: figures, outcomes: Object.fromEntries(outcomes) };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  say(`raw figures: ${file}`);
}

/** False when a promise is broken or a case failed; what could not run is not a failure. */
function isGood({ targets, outcomes }: Report): boolean {
  const failed = [...outcomes.values()].some(({ kind }: Outcome) => kind === 'failed');
  const missed = targets.some((target) => {
    const figure = target.figure(outcomes);
    return figure !== undefined && judge(target, figure) === 'MISS';
  });
  return !failed && !missed;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) process.exitCode = await bench(options);
  else console.log(USAGE);
} catch (fault) {
  say(`bench: ${fault instanceof Error ? fault.message : fault}`);
  process.exitCode = 2;
}
