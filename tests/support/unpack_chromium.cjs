// Unpack the browser that npm brought: node reads its compression, Python's library does not.
const { brotliDecompressSync } = require("node:zlib");
const { readFileSync, writeFileSync } = require("node:fs");

const [packed, unpacked] = process.argv.slice(2);
writeFileSync(unpacked, brotliDecompressSync(readFileSync(packed)));
