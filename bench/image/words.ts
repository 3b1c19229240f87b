const VOCABULARY = 4096;

/**
 * A maker of text that compresses about as source code does, the same for the same seed.
 * Each call returns the next `bytes` bytes.
 */
export function createWords(seed: number): (bytes: number) => Buffer {
  const random = createRandom(seed);
  return (bytes) => {
    const text = Buffer.alloc(bytes);
    let filled = 0;
    while (filled < bytes) {
      filled += text.write(
        `${dictionary[random() % VOCABULARY]}${random() % 9 === 0 ? ';\n' : ' '}`,
        filled,
        'latin1',
      );
    }
    return text;
  };
}

/** Xorshift32: a small generator of 32-bit numbers whose sequence the seed fixes. */
function createRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

const dictionary = makeDictionary();

function makeDictionary(): string[] {
  const random = createRandom(7);
  return Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 3 + (random() % 8) }, () => String.fromCharCode(97 + (random() % 26))).join(''),
  );
}
