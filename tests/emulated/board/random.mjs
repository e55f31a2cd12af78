// A seeded generator (Marsaglia's xorshift, 32 bits): runs repeat exactly. Says nothing about entropy.

export function seededRandom(seed) {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return { bit: () => (next() >>> 9) & 1, unit: () => next() / 2 ** 32 };
}
