// A seeded generator (Marsaglia's xorshift, 32 bits): runs repeat exactly. Says nothing about entropy.

export function seededRandom(seed) {
  const generator = { state: seed >>> 0 || 1 };
  const next = () => {
    generator.state ^= generator.state << 13;
    generator.state ^= generator.state >>> 17;
    generator.state ^= generator.state << 5;
    return generator.state >>> 0;
  };
  return { generator, bit: () => (next() >>> 9) & 1, unit: () => next() / 2 ** 32 };
}
