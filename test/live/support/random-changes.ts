/** Few names, so that changes meet; one is more than ASCII, one needs quotes, some sort around `/` and `.wh.`. */
const NAMES = ['a', '-b', "c'é ", '.d'];
const MODES = ['600', '755', '4755', '2711', '1777'];

/** Changes meet one another in each of these. */
const FOLDERS = Array.from({ length: 20 }, (_, index) => String(index));

/**
 * Shell scripts that change folders below /t in ways that meet one another: one for each layer that a builder is to make.
 * Single commands may fail, such as a link to what is not there: what counts is what the folder looks like in the end.
 * @param linkNames whether symlinks stand under any name, or under names that nothing else ever has.
 */
export function randomChanges(
  seed: number,
  scripts: number,
  commands: number,
  linkNames: 'any' | 'own' = 'any',
): string[] {
  const random = mulberry32(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const path = (): string => {
    const names = Array.from({ length: 1 + Math.floor(random() * 2.3) }, () => pick(NAMES));
    return quote(`${pick(FOLDERS)}/${names.join('/')}`);
  };
  const link = (): string =>
    linkNames === 'any' ? path() : quote(`${pick(FOLDERS)}/${pick(['link', 'another link'])}`);
  const number = (): number => Math.floor(random() * 1e9);
  const target = (): string => quote(`${pick(['', '../', '/t/1/', './', '../../2/'])}${pick(NAMES)}`);
  const kinds: readonly (() => string)[] = [
    () => `mkdir -p ${path()}`,
    () => `mkdir -p ${path()}`,
    () => `mkdir -p ${path()}`,
    () => `echo ${number()} > ${path()}`,
    () => `echo ${number()} > ${path()}`,
    () => `echo ${number()} > ${path()}`,
    () => `echo ${number()} >> ${path()}`,
    () => `truncate -s ${number() % 300_000} ${path()}`,
    () => `ln ${path()} ${path()}`,
    () => `ln ${path()} ${path()}`,
    () => `ln ${path()} ${path()}`,
    () => `ln ${path()} ${path()}`,
    () => `ln -s ${target()} ${link()}`,
    () => `mv ${path()} ${path()}`,
    () => `cp -a ${path()} ${path()}`,
    () => `rm -rf ${path()}`,
    () => `rm -rf ${link()}`,
    () => `chmod ${pick(MODES)} ${path()}`,
    () => `chown -h ${number() % 70_000}:${number() % 70_000} ${path()}`,
    () => `touch -d @${number()} ${path()}`,
    () => `mknod ${path()} c ${number() % 500} ${number() % 70_000}`,
    () => anew(path(), (at) => `mkdir ${at}; echo ${number()} > ${at}/${quote(pick(NAMES))}`),
    () => anew(link(), (at) => `ln -s ${target()} ${at}`),
    () => anew(path(), (at) => `echo ${number()} > ${at}`),
  ];
  return Array.from({ length: scripts }, () => {
    const lines = Array.from({ length: commands }, () => pick(kinds)());
    return `mkdir -p /t; cd /t; mkdir -p ${FOLDERS.join(' ')}; ${lines.join('; ')}; true`;
  });
}

/** What stood there is gone before the same script puts something else there. */
const anew = (at: string, make: (at: string) => string): string => `rm -rf ${at}; ${make(at)}`;

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A small generator of numbers in [0, 1) that are the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
