// Makes rp2040js decode an instruction by one look into a table instead of by some eighty comparisons.
//
// A module loading hook for Node: rewrites executeInstruction() of rp2040js 1.4 as it is loaded, from a chain
// `if (condition) {...} else if ...` over the opcode into a `switch` with the same bodies. What each instruction
// does and costs stays rp2040js's own. Refuses to guess: source of another shape is an error.

const CORE = '/rp2040js/dist/esm/cortex-m0-core.js';
const CHAIN_START = '        let deltaCycles = 1;\n';
const CHAIN_END = '        this.cycles += deltaCycles;\n';
const BRANCH = /^ {8}(?:\/\/[^\n]*\n {8})*(?:else )?(?:if \((.*)\) )?\{\n((?: {9}.*\n|\n)*) {8}\}\n/;
const FIRST_WIDE_OPCODE = 0xe800; // from here on an instruction has two halfwords

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  return url.endsWith(CORE) ? { ...loaded, source: withTable(loaded.source.toString()) } : loaded;
}

export function withTable(source) {
  const method = source.indexOf('    executeInstruction() {');
  const start = source.indexOf(CHAIN_START, method) + CHAIN_START.length;
  const end = source.indexOf(CHAIN_END, start);
  if (method < 0 || end < 0) throw new Error('rp2040js: executeInstruction() is not where it was');
  const branches = parseChain(source.slice(start, end));
  const unknown = branches.pop();
  const wide = branches.filter(({ condition }) => condition.includes('opcode2'));
  const narrow = branches.filter((branch) => !wide.includes(branch));
  const body = dispatch(narrow, wide, unknown);
  return source.slice(0, start) + body + source.slice(end) + decodeTable(narrow);
}

// [{condition, body}], the last one without condition.
function parseChain(text) {
  const branches = [];
  while (text) {
    const match = BRANCH.exec(text);
    if (!match) throw new Error(`rp2040js: cannot read the instruction chain at ${text.slice(0, 60)}`);
    branches.push({ condition: match[1], body: match[2] });
    text = text.slice(match[0].length);
  }
  if (branches.at(-1).condition !== undefined) throw new Error('rp2040js: the instruction chain has no end');
  return branches;
}

function dispatch(narrow, wide, unknown) {
  const cases = narrow.map(({ body }, index) => `case ${index}: {\n${body}} break;\n`);
  const tests = wide.map(({ condition, body }) => `if (${condition}) {\n${body}} else `);
  return `switch (DECODED[opcode]) {\n${cases.join('')}default: ${tests.join('')}{\n${unknown.body}}\n}\n`;
}

function decodeTable(narrow) {
  const tests = narrow.map(({ condition }, index) => `  if (${condition}) return ${index};\n`);
  return `
function decode(opcode) {
${tests.join('')}  return ${narrow.length};
}
const DECODED = Uint8Array.from({ length: 0x10000 }, (_, opcode) => decode(opcode));
if (DECODED.subarray(${FIRST_WIDE_OPCODE}).some((index) => index !== ${narrow.length})) {
  throw new Error('rp2040js: a condition on one halfword takes an instruction of two');
}
`;
}
