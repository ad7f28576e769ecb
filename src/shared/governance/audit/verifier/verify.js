// Checking a bundle of the council's record, from its bytes alone: nothing leaves this page.
//
// Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof; trees by RFC 6962 and RFC 9162.
// It is written apart from the service's own check, so that one mistake is not made twice.
"use strict";

const LOG = 1, WITNESS = 4;
const FORMAT = "rfp-service audit bundle 4";
const EARLIER = [1, 2, 3].map((n) => `rfp-service audit bundle ${n}`);
const HISTORY_ID = "c4f0a5d3-6f0e-4b47-8f5e-2a6b1d9e7c30";
const INDEX_ID = "5b0c2b7e-3f5d-4d1a-9a64-7d0f6a2c9e11", INDEXED_WITHIN = 3 * 86400e6; // microseconds
const SMALL = 65536, STORY_LIMIT = 64 * 2 ** 20, FILES_LIMIT = 500000, TOTAL_LIMIT = 2 ** 31;
const NAMES = new RegExp(
  "^(READ-ME-FIRST\\.txt|story\\.html|manifest\\.json|checkpoint\\.txt|keys\\.txt|last-checkpoint\\.txt"
  + "|consistency\\.txt|reads-checkpoint\\.txt|index\\.json|succession\\.json|(entries|leaves)/[0-9]{12}|proofs/[0-9]{12}\\.tlog-proof)$");
const WHY = /^(\[(sealed|erased|of a later release|exempt: paragraph [1-9] of Schedule 12A)\](, )?)+$/;
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Wrong extends Error {}

function must(holds, words) {
  if (!holds) throw new Wrong(words);
}

// ---- bytes

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const same = (one, other) => one.length === other.length && one.every((b, i) => b === other[i]);
const encoded = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));

function decoded(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    throw new Wrong("this is no base64");
  }
  must(encoded(bytes) === text, "this base64 is not written as it should be");
  return bytes;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function decimal(text) {
  must(/^(0|[1-9][0-9]{0,14})$/.test(text), "a number is written without leading zeroes");
  return Number(text);
}

function textOf(files, name) {
  must(files.has(name), `there is no ${name} in it`);
  try {
    return strict.decode(files.get(name));
  } catch {
    throw new Wrong(`${name} is no text`);
  }
}

// ---- the zip file: only one that every program unpacks to the same files

function limitOf(name, count) {
  if (name === "manifest.json") return SMALL + 512 * count;
  if (name === "story.html") return STORY_LIMIT;
  return name.startsWith("entries/") ? 65535 : SMALL;
}

const PACKED = "it is packed in a way that no bundle is";
const MOST_16 = 0xffff, PLAIN_FILE = 0o600 * 2 ** 16;

// Numbers as a zip file has them: [bytes, value], the least byte first.
function written(...numbers) {
  const out = [];
  for (const [size, value] of numbers) {
    for (let n = 0, rest = value; n < size; n++, rest = Math.floor(rest / 256)) out.push(rest % 256);
  }
  return out;
}

// What an archive says of a file before its bytes, and again in the directory.
function headerOf({ name, method, crc, packed, size }) {
  return written([2, 20], [2, 0], [2, method], [2, 0], [2, 33], [4, crc], [4, packed], [4, size], [2, name.length], [2, 0]);
}

function inDirectory(file, at) {
  return [0x50, 0x4b, 1, 2, 20, 3, ...headerOf(file), ...written([2, 0], [2, 0], [2, 0], [4, PLAIN_FILE], [4, at]),
    ...utf8.encode(file.name)];
}

function endOf(count, size, at) {
  const shown = Math.min(count, MOST_16);
  const last = [0x50, 0x4b, 5, 6, ...written([4, 0], [2, shown], [2, shown], [4, size], [4, at], [2, 0])];
  if (count <= MOST_16) return last;
  const zip64 = written([8, 44], [2, 45], [2, 45], [8, 0], [8, count], [8, count], [8, size], [8, at]);
  const locator = written([4, 0], [8, at + size], [4, 1]);
  return [0x50, 0x4b, 6, 6, ...zip64, 0x50, 0x4b, 6, 7, ...locator, ...last];
}

const standsAt = (bytes, at, expected) => at + expected.length <= bytes.length && expected.every((b, i) => bytes[at + i] === b);

function directoryOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at) => view.getUint16(at, true), u32 = (at) => view.getUint32(at, true);
  const end = bytes.length - 22;
  must(end >= 0 && u32(end) === 0x06054b50, PACKED);
  let count = u16(end + 10), at = u32(end + 16);
  if (count === MOST_16 && end >= 76 && u32(end - 20) === 0x07064b50) {
    count = Number(view.getBigUint64(end - 44, true));
    at = Number(view.getBigUint64(end - 28, true));
  }
  must(count <= FILES_LIMIT, "it is larger than any bundle");
  const files = [], directory = at;
  let where = 0;
  for (let n = 0; n < count; n++) {
    must(at + 46 <= end, PACKED);
    const method = u16(at + 10), named = u16(at + 28);
    must(method === 0 || method === 8, PACKED);
    const name = String.fromCharCode(...bytes.subarray(at + 46, at + 46 + named));
    must(NAMES.test(name), `no bundle has a file with the name ${JSON.stringify(name)}`);
    const file = { name, method, crc: u32(at + 16), packed: u32(at + 20), size: u32(at + 24) };
    must(standsAt(bytes, at, inDirectory(file, where)), PACKED);
    files.push(file);
    at += 46 + named;
    where += 30 + named + file.packed;
  }
  const last = endOf(count, at - directory, directory);
  must(where === directory && at + last.length === bytes.length && standsAt(bytes, at, last), PACKED);
  return { files, directory };
}

const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

// The CRC-32 that zip files have (ISO 3309).
function checksumOf(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = CHECKSUMS[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

async function inflated(packed, size) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const out = new Uint8Array(size);
  let at = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      must(at + value.length <= size, "a file in it is longer than it says");
      out.set(value, at);
      at += value.length;
    }
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong("a file in it can't be unpacked");
  } finally {
    reader.cancel().catch(() => {});
  }
  must(at === size, "a file in it is shorter than it says");
  return out;
}

async function unpacked(bytes) {
  const { files, directory } = directoryOf(bytes);
  const found = new Map();
  let at = 0, total = 0;
  for (const file of files) {
    must(!found.has(file.name), "two files in it have one name");
    total += file.size;
    must(file.size <= limitOf(file.name, files.length), "it is larger than any bundle");
    must(total <= Math.min(TOTAL_LIMIT, SMALL * 1024 + 50 * bytes.length), "it is larger than any bundle");
    const before = [0x50, 0x4b, 3, 4, ...headerOf(file), ...utf8.encode(file.name)];
    must(standsAt(bytes, at, before), PACKED);
    const start = at + before.length;
    at = start + file.packed;
    must(at <= directory && (file.method === 8 || file.packed === file.size), PACKED);
    const content = bytes.subarray(start, at);
    const plain = file.method === 8 ? await inflated(content, file.size) : content;
    must(checksumOf(plain) === file.crc, "a file in it has another checksum than it says");
    found.set(file.name, plain);
  }
  must(at === directory, PACKED);
  return found;
}

// ---- keys, notes, checkpoints

async function keyOf(line) {
  const [name, id, ...rest] = line.trim().split("+");
  const raw = decoded(rest.join("+"));
  must(name && /^[^\s+]{1,200}$/.test(name) && raw.length === 33 && [LOG, WITNESS].includes(raw[0]), "this is no key");
  const computed = hex((await sha256(utf8.encode(`${name}\n`), raw)).subarray(0, 4));
  must(computed === (id || "").toLowerCase(), "a key's id is not that of its name and key");
  const text = `${name}+${computed}+${encoded(raw)}`;
  const digest = hex(await sha256(utf8.encode(text))).slice(0, 32);
  const fingerprint = digest.match(/.{4}/g).join(" ");
  return { name, id: computed, type: raw[0], key: raw.subarray(1), text, fingerprint };
}

async function policyOf(text) {
  const keys = [];
  let quorum = 0;
  for (const line of text.split(/\r?\n/).map((l) => l.split("#")[0].trim()).filter(Boolean)) {
    if (line.startsWith("quorum ")) quorum = decimal(line.split(" ")[1]);
    else keys.push(await keyOf(line));
  }
  return { keys, quorum };
}

function noteOf(note) {
  must(note.length <= 1e6 && !/[\x00-\x09\x0b-\x1f]/.test(note), "this is no signed note");
  const at = note.lastIndexOf("\n\n");
  must(at >= 0 && note.endsWith("\n"), "a signed note is a text, a blank line, and signature lines");
  const signatures = note.slice(at + 2, -1).split("\n").map((line) => {
    const [dash, name, text, ...rest] = line.split(" ");
    must(dash === "\u2014" && name && text && !rest.length, "a signature line is a dash, a name and a signature");
    const raw = decoded(text);
    must(raw.length >= 5, "a signature is too short");
    return { name, id: hex(raw.subarray(0, 4)), signature: raw.subarray(4) };
  });
  must(signatures.length <= 100, "this note has too many signatures");
  return { text: note.slice(0, at + 1), signatures };
}

async function signersOf(note, keys) {
  const signed = new Map();
  for (const { name, id, signature } of note.signatures) {
    const key = keys.find((k) => k.name === name && k.id === id);
    if (!key || signed.has(key)) continue;
    let message = utf8.encode(note.text), raw = signature, at = null;
    if (key.type === WITNESS) {
      must(signature.length === 72, `a signature of ${name} has the wrong length`);
      at = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
      raw = signature.subarray(8);
      message = utf8.encode(`cosignature/v1\ntime ${at}\n${note.text}`);
    }
    must(raw.length === 64 && await ed25519Verifies(key.key, raw, message), `the signature of ${name} is not of this text`);
    signed.set(key, at);
  }
  return signed;
}

function checkpointOf(text) {
  const lines = text.split("\n");
  must(lines.length >= 4 && lines.at(-1) === "" && lines.slice(0, -1).every(Boolean),
    "a checkpoint is an origin, a size and a root");
  return { origin: lines[0], size: decimal(lines[1]), root: hashOf(lines[2]) };
}

function hashOf(text) {
  const hash = decoded(text);
  must(hash.length === 32, "this is no SHA-256 hash in base64");
  return hash;
}

async function opened(text, policy) {
  const note = noteOf(text);
  const checkpoint = checkpointOf(note.text);
  const signed = await signersOf(note, policy.keys);
  const logs = [...signed.keys()].filter((k) => k.type === LOG && k.name === checkpoint.origin);
  must(logs.length, `no key that is trusted for ${checkpoint.origin} signed this checkpoint`);
  const witnesses = [...signed].filter(([k]) => k.type === WITNESS);
  must(witnesses.length >= policy.quorum, `${witnesses.length} witnesses signed, ${policy.quorum} must have`);
  return { checkpoint, witnesses, text: note.text };
}

// ---- the tree

const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

async function includes(leaf, index, size, proof, root) {
  must(index >= 0 && index < size, "the entry is beyond the tree");
  let number = index, last = size - 1, hash = leaf;
  for (const sibling of proof) {
    must(last !== 0, "the proof is too long");
    if (number % 2 || number === last) {
      hash = await nodeHash(sibling, hash);
      while (number % 2 === 0 && number) { number /= 2; last = Math.floor(last / 2); }
    } else {
      hash = await nodeHash(hash, sibling);
    }
    number = Math.floor(number / 2);
    last = Math.floor(last / 2);
  }
  must(last === 0 && same(hash, root), "the proof does not lead to the signed root");
}

async function goesOn(size1, size2, proof, root1, root2) {
  const words = "the record does not go on from the earlier bundle's";
  must(size1 > 0 && size1 <= size2, words);
  if (size1 === size2) {
    must(!proof.length && same(root1, root2), words);
    return;
  }
  const path = Number.isInteger(Math.log2(size1)) ? [root1, ...proof] : [...proof];
  must(path.length, words);
  let number = size1 - 1, last = size2 - 1;
  while (number % 2) { number = Math.floor(number / 2); last = Math.floor(last / 2); }
  let first = path[0], second = path[0];
  for (const sibling of path.slice(1)) {
    must(last !== 0, words);
    if (number % 2 || number === last) {
      first = await nodeHash(sibling, first);
      second = await nodeHash(sibling, second);
      while (number % 2 === 0 && number) { number /= 2; last = Math.floor(last / 2); }
    } else {
      second = await nodeHash(second, sibling);
    }
    number = Math.floor(number / 2);
    last = Math.floor(last / 2);
  }
  must(last === 0 && same(first, root1) && same(second, root2), words);
}

// ---- entries

function entryOf(raw) {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const zero = raw.indexOf(0, 40);
  must(raw.length >= 40 && zero > 0, "this is no entry of the log");
  const id = hex(raw.subarray(8, 24));
  const said = JSON.parse(strict.decode(raw.subarray(zero + 1)));
  return {
    position: Number(view.getBigUint64(0)),
    stream: [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-"),
    version: Number(view.getBigUint64(24)),
    at: Date.UTC(2000, 0, 1) * 1000 + Number(view.getBigInt64(32)), // microseconds since 1970
    topic: strict.decode(raw.subarray(40, zero)),
    said,
  };
}

async function checkLeaf(files, position, leaf, check) {
  const number = String(position).padStart(12, "0");
  const text = textOf(files, `proofs/${number}.tlog-proof`);
  const at = text.indexOf("\n\n");
  const lines = text.slice(0, at).split("\n");
  must(at > 0 && lines[0] === "c2sp.org/tlog-proof@v1", "this is no proof of a transparency log");
  if (lines[1] && lines[1].startsWith("extra ")) lines.splice(1, 1);
  must(lines[1] && lines[1].startsWith("index ") && lines.length - 2 <= 63, "a proof says the index of its entry");
  const note = text.slice(at + 2);
  must(decimal(lines[1].slice(6)) === position - 1, "the proof is of another entry");
  if (!check.notes.has(note)) check.notes.set(note, await opened(note, check.policy));
  must(check.notes.get(note).text === check.vouched.text, "the proof is of another checkpoint");
  await includes(leaf, position - 1, check.vouched.checkpoint.size, lines.slice(2).map(hashOf),
    check.vouched.checkpoint.root);
}

async function entriesOf(files, manifest, check, report) {
  const entries = [];
  for (const [name, raw] of files) {
    try {
      if (name.startsWith("entries/")) {
        const entry = entryOf(raw);
        must(name === `entries/${String(entry.position).padStart(12, "0")}`, "the file is named after another entry");
        entry.leaf = await sha256(Uint8Array.of(0), raw);
        await checkLeaf(files, entry.position, entry.leaf, check);
        entries.push(entry);
      } else if (name.startsWith("leaves/")) {
        await checkLeaf(files, Number(name.slice(7)), hashOf(textOf(files, name).replace(/\n$/, "")), check);
      }
    } catch (error) {
      report.bad(`${name} is not proved to be in the record: ${error.message}`);
    }
  }
  const announced = new Set(manifest.withheld.map((one) => `leaves/${String(one.position).padStart(12, "0")}`));
  const present = [...files.keys()].filter((name) => name.startsWith("leaves/"));
  if (announced.size !== present.length || present.some((name) => !announced.has(name))) {
    report.bad("files and manifest disagree on what is withheld");
  }
  report.right(`${entries.length} entries are proved to be in the record of ${check.vouched.checkpoint.size} entries`);
  return entries.sort((one, other) => one.position - other.position);
}

// ---- completeness

function casesOf(entries) {
  const cases = new Map();
  for (const entry of entries) {
    if (!cases.has(entry.stream)) cases.set(entry.stream, []);
    cases.get(entry.stream).push(entry);
  }
  return cases;
}

function checkCompleteness(manifest, shown, report) {
  const entries = shown.filter((entry) => !manifest.indexes.includes(entry.position));
  const hidden = manifest.withheld.map((one) => one.position).sort((a, b) => a - b);
  const positions = [...entries.map((e) => e.position), ...hidden].sort((a, b) => a - b);
  if (!positions.length || positions.length !== manifest.entries) {
    report.bad(`${positions.length} entries are proved, ${manifest.entries} are announced`);
    return;
  }
  if (positions[0] !== manifest.first_position || positions.at(-1) !== manifest.last_position) {
    report.bad("the entries are not from where to where the manifest says");
  }
  const around = new Set([...manifest.before, ...manifest.after]);
  const inside = entries.filter((entry) => !around.has(entry.position));
  checkCases(manifest, inside, report);
  if (manifest.filters.case !== undefined) {
    const before = inside.length ? positions.filter((p) => p < inside[0].position).length : 0;
    if (inside.some((e) => e.stream !== manifest.filters.case) || (inside.length && inside[0].version !== before + 1)) {
      report.bad("a bundle of one case holds that case, from its first version on");
    }
  } else if (manifest.filters.body_of_work === undefined) {
    if (manifest.last_position - manifest.first_position + 1 !== positions.length) {
      report.bad("a bundle of a period holds every entry of it, and a number is missing");
    }
    checkBorders(manifest, entries, around, report);
  } else {
    checkOutside(manifest, shown, report);
  }
  checkVersions(inside, hidden.filter((p) => !around.has(p)), report);
}

function checkCases(manifest, inside, report) {
  const held = [...casesOf(inside)].map(([id, of]) => [
    id, KINDS[of[0].topic], of[0].version, of.at(-1).version, of.length].join(" "));
  const said = manifest.cases.map((c) => [c.id, c.kind, c.first_version, c.last_version, c.entries].join(" "));
  if (held.sort().join("\n") !== said.sort().join("\n")) report.bad("the cases are not those that the manifest names");
}

function checkVersions(inside, hidden, report) {
  let missing = 0;
  for (const [id, of] of casesOf(inside)) {
    for (let n = 1; n < of.length; n++) {
      const gap = of[n].version - of[n - 1].version - 1;
      const between = hidden.filter((p) => p > of[n - 1].position && p < of[n].position).length;
      missing += Math.max(0, gap);
      if (gap < 0 || gap > between) report.bad(`case ${id} lacks version ${of[n - 1].version + 1}`);
    }
  }
  if (missing > hidden.length) report.bad(`${missing} versions are missing, ${hidden.length} entries are withheld`);
}

function instantOf(text) {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text || "");
  must(parts, "the period is not written as it should be");
  return Date.parse(`${parts[1]}Z`) * 1000 + Number((parts[2] || "").padEnd(6, "0"));
}

function checkBorders(manifest, entries, around, report) {
  const start = instantOf(manifest.filters.from), end = instantOf(manifest.filters.to);
  const shown = new Map(entries.map((entry) => [entry.position, entry.at]));
  if (entries.some((e) => !around.has(e.position) && (e.at <= start || e.at > end))) {
    report.bad("an entry was not recorded in the period");
  }
  const { before, after, first_position: first, last_position: last } = manifest;
  const follow = (list, from) => list.every((position, n) => position === from + n);
  if (!before.length) {
    if (first !== 1) report.bad("what was recorded before its first entry is not shown: some may be left out");
  } else if (!follow(before, first) || !shown.has(first) || shown.get(first) > start) {
    report.bad("the entry before the period was not recorded before it");
  }
  if (!after.length) {
    const until = manifest.filters.until_entry;
    if (last === manifest.size || (until !== undefined && last === decimal(until))) {
      report.note(`it ends with entry ${last}, of a record of ${manifest.size}: what was recorded later is not in it`);
    } else {
      report.bad("what was recorded after its last entry is not shown: some may be left out");
    }
  } else if (!follow(after, last - after.length + 1) || !shown.has(last) || shown.get(last) <= end) {
    report.bad("the entry after the period was not recorded after it");
  }
}

function checkOutside(manifest, shown, report) {
  const start = instantOf(manifest.filters.from), end = instantOf(manifest.filters.to);
  const around = new Set([...manifest.before, ...manifest.after, ...manifest.indexes]);
  const begun = shown.filter((e) => e.at <= start).reduce((most, e) => Math.max(most, e.position), 0);
  const ended = shown.filter((e) => e.at > end).reduce((least, e) => Math.min(least, e.position), manifest.size + 1);
  if (shown.some((e) => !around.has(e.position) && (e.at <= start || e.at > end))
    || manifest.before.some((position) => position > begun) || manifest.after.some((position) => position < ended)) {
    report.bad("an entry is told as inside the period that is not, or as outside it");
  }
}

// ---- the index: nothing of a case or a body of work is missing

function subjectOf(filters) {
  if (filters.case !== undefined) return `case ${filters.case}`;
  return filters.body_of_work === undefined ? "" : `body-of-work ${filters.body_of_work}`;
}

async function lineOf(claim, subject, entries) {
  const entry = entries.find((one) => one.position === claim.position);
  must(entry && entry.topic === "IndexCommitted" && entry.stream === INDEX_ID && claim.of === subject,
    "an index is of something else, or none");
  const { size, lines, root } = entry.said.data, last = hashOf(claim.last);
  must(size > 0 && size < entry.position, "an index speaks of entries that came after it");
  const line = utf8.encode(`${subject}\n${claim.count}\n${hex(last)}\n`);
  await includes(await sha256(Uint8Array.of(0), line), claim.number, lines, claim.proof.map(hashOf), hashOf(root));
  return { count: claim.count, last, size, entry };
}

async function checkIndex(files, manifest, entries, seenAt, report) {
  const { filters, indexes } = manifest, subject = subjectOf(filters);
  const claims = listOf(files, "index.json", "claims", "position,of,count,last,number,proof");
  const most = !subject ? 0 : filters.case !== undefined ? 1 : 2;
  must(claims.map((claim) => claim.position).join() === indexes.join() && claims.length <= most,
    "the manifest names other indexes than are shown");
  if (!claims.length) {
    report.incomplete = subject && "no index shows that nothing is missing";
    return;
  }
  const shown = [];
  for (const claim of claims) shown.push(await lineOf(claim, subject, entries));
  const until = shown.at(-1), since = shown.length > 1 ? shown[0] : { count: 0, last: new Uint8Array(32), size: 0 };
  const leaves = entries.filter((e) => !indexes.includes(e.position)).map((e) => [e.position, e.leaf]);
  for (const { position } of manifest.withheld) {
    leaves.push([position, hashOf(textOf(files, `leaves/${String(position).padStart(12, "0")}`).replace(/\n$/, ""))]);
  }
  let { count, last } = since;
  for (const [position, leaf] of leaves.sort((one, other) => one[0] - other[0])) {
    if (position > since.size && position <= until.size) { count += 1; last = await sha256(last, leaf); }
  }
  must(count === until.count && same(last, until.last), "by the index of the record, entries of it are missing here");
  const end = filters.to === undefined ? Infinity : instantOf(filters.to);
  const over = entries.some((e) => e.position <= until.size + 1 && e.at > end);
  if (seenAt * 1e6 - until.entry.at > INDEXED_WITHIN && !over && filters.until_entry === undefined) {
    report.incomplete = "its index is older than it should be";
    return;
  }
  report.completeBy = until.size;
  report.right(`by the index written on ${london(until.entry.at / 1000)}, nothing of it is missing among the first`
    + ` ${until.size} entries of the record`);
}

// ---- the whole

function reportOf() {
  const report = { lines: [], wrong: [], entries: [], keys: [], incomplete: "", completeBy: 0, restored: "" };
  report.right = (line) => report.lines.push(["right", line]);
  report.note = (line) => report.lines.push(["note", line]);
  report.bad = (line) => { report.wrong.push(line); report.lines.push(["WRONG", line]); };
  return report;
}

/** Return what JSON says, written as the service writes it: programs differ on what else it may mean. */
function jsonOf(files, name) {
  const text = textOf(files, name), said = JSON.parse(text);
  must(`${JSON.stringify(said, null, 2)}\n` === text, `${name} is not written as the service writes it`);
  return said;
}

function listOf(files, name, what, fields) {
  if (!files.has(name)) return [];
  const said = jsonOf(files, name);
  must(Object.keys(said).join() === what && said[what].length && said[what].every((one) => Object.keys(one).join() === fields),
    `${name} says more or less than one does`);
  return said[what];
}

function manifestOf(files) {
  let said;
  try {
    said = jsonOf(files, "manifest.json");
  } catch (error) {
    throw new Wrong(`its manifest can't be read: ${error.message}`);
  }
  must(said && !EARLIER.includes(said.format), "it was made by an earlier release: ask for it anew");
  must(said && said.format === FORMAT, `it says it is a ${said && said.format}`);
  const fields = ["format", "program", "origin", "size", "filters", "first_position", "last_position",
    "entries", "cases", "withheld", "before", "after", "indexes", "last_size", "files"];
  must(Object.keys(said).join() === fields.join(), "its manifest says more or less than one does");
  must(said.withheld.every((one) => Object.keys(one).sort().join() === "position,why" && WHY.test(one.why)),
    "its manifest says of what is withheld more than can be proved");
  must(said.cases.every((one) => Object.keys(one).join() === "id,kind,first_version,last_version,entries"),
    "its manifest says more or less of a case than one does");
  const mine = "case" in said.filters ? ["case", "until_entry"] : ["from", "to", "body_of_work", "until_entry"];
  must(Object.keys(said.filters).every((name) => mine.includes(name)), "its manifest says more than can be asked for");
  const before = files.has("last-checkpoint.txt") ? checkpointOf(noteOf(textOf(files, "last-checkpoint.txt")).text).size : null;
  must(said.last_size === before, "its manifest speaks of another earlier checkpoint");
  return said;
}

async function checkFiles(files, manifest, report) {
  const names = new Set([...files.keys(), ...Object.keys(manifest.files)]);
  names.delete("manifest.json");
  for (const name of [...names].sort()) {
    const content = files.get(name);
    if (!content || hex(await sha256(content)) !== manifest.files[name]) {
      report.bad(`${name} is not the file that the manifest names`);
    }
  }
}

function checkKeys(own, trusted, ownText, report) {
  for (const key of own.keys) {
    if (!trusted.keys.some((k) => k.text === key.text)) {
      report.bad(`keys.txt names ${key.name} with the fingerprint ${key.fingerprint}, which is not among the keys`
        + " you trust: ask whoever gave you them");
    }
  }
  const lines = ["# the log's keys", ...own.keys.filter((k) => k.type === LOG).map((k) => k.text),
    "# the witnesses' keys", ...own.keys.filter((k) => k.type === WITNESS).map((k) => k.text),
    "# how many witnesses must have signed", `quorum ${own.quorum}`];
  if (ownText !== `${lines.join("\n")}\n`) report.bad("keys.txt is not written as the service writes it");
}

async function checkReads(bundles, policy, report) {
  const counts = [], origins = new Set();
  for (const files of bundles) {
    if (!files.has("reads-checkpoint.txt")) { counts.push(0); continue; }
    const note = noteOf(textOf(files, "reads-checkpoint.txt"));
    const checkpoint = checkpointOf(note.text);
    const origin = checkpoint.origin.replace(/\/reads$/, "");
    const signed = await signersOf(note, policy.keys.filter((k) => k.type === LOG && k.name === origin));
    must(origin !== checkpoint.origin && signed.size, "the log of who read the audit is not signed as it must be");
    counts.push(checkpoint.size);
    origins.add(origin);
  }
  if (counts.length === 2 && origins.size < 2 && counts[0] > counts[1]) {
    report.bad(`the log of who read the audit had ${counts[0]} lines, and has ${counts[1]} in this bundle`);
  }
}

/** Return what led from the log of an earlier bundle to this one, after restores. */
async function ledFrom(files, from, check) {
  const { checkpoint, text } = check.vouched, led = [];
  const shown = listOf(files, "succession.json", "successions", "entry,proof");
  let origin = from;
  for (const one of shown) {
    const raw = decoded(one.entry), entry = entryOf(raw), at = one.proof.indexOf("\n\n");
    const lines = one.proof.slice(0, at).split("\n");
    must(at > 0 && lines[0] === "c2sp.org/tlog-proof@v1" && lines[1] === `index ${entry.position - 1}`
      && lines.length - 2 <= 63, "the proof is of another entry");
    must((await opened(one.proof.slice(at + 2), check.policy)).text === text, "the proof is of another checkpoint");
    await includes(await sha256(Uint8Array.of(0), raw), entry.position - 1, checkpoint.size, lines.slice(2).map(hashOf),
      checkpoint.root);
    must(entry.topic === "LogSucceeded" && entry.stream === HISTORY_ID, "this is no succession of logs");
    const said = entry.said.data;
    const old = (await opened(said.old_checkpoint, { ...check.policy, quorum: 0 })).checkpoint;
    must(old.origin === origin && said.old_origin === origin && old.size === said.old_size
      && same(old.root, hashOf(said.old_root)), "a succession names another log or checkpoint");
    origin = said.new_origin;
    led.push(said);
  }
  must(origin === checkpoint.origin, "the earlier bundle is of another log, and nothing shows what succeeded it");
  return led;
}

function checkLost(files, last, kept, size, report) {
  must(last, "what a restore lost can be told with the earlier bundle only");
  for (const [name, content] of last) {
    if (/^(entries|leaves)\//.test(name) && Number(name.slice(-12)) <= kept && files.has(name)) {
      must(same(files.get(name), content), `${name} is not that of the earlier bundle`);
    }
  }
  report.restored = `after a restore that lost entries ${kept + 1} to ${size}`;
}

async function checkLast(files, last, check, report) {
  if (!files.has("consistency.txt") && !last) return;
  const text = last ? textOf(last, "checkpoint.txt") : textOf(files, "last-checkpoint.txt");
  const earlier = (await opened(text, check.policy)).checkpoint, now = check.vouched.checkpoint;
  const led = await ledFrom(files, earlier.origin, check);
  const kept = Math.min(earlier.size, ...led.map((one) => one.kept));
  must(!led.length || earlier.size <= led[0].old_size, "your earlier bundle is longer than its log was");
  if (kept < earlier.size) {
    checkLost(files, last, kept, earlier.size, report);
    return;
  }
  must(files.has("consistency.txt"), "this bundle has no proof from the earlier bundle: ask for one made with it");
  const proof = textOf(files, "consistency.txt").split("\n").filter(Boolean).map(hashOf);
  await goesOn(earlier.size, now.size, proof, earlier.root, now.root);
  report.right(`the first ${earlier.size} entries are those of the earlier bundle's record`);
}

async function checkAll(report, bytes, trustedText, lastBytes) {
  const files = await unpacked(bytes), last = lastBytes ? await unpacked(lastBytes) : null;
  const manifest = manifestOf(files);
  report.manifest = manifest;
  await checkFiles(files, manifest, report);
  const ownText = textOf(files, "keys.txt"), own = await policyOf(ownText);
  report.keys = own.keys;
  const trusted = trustedText === null ? null : await policyOf(trustedText);
  const check = { policy: trusted || own, notes: new Map() };
  if (trusted) checkKeys(own, trusted, ownText, report);
  else report.note("no key was compared with one from elsewhere: whoever made all of it could have made these, too");
  const note = noteOf(textOf(files, "checkpoint.txt"));
  if (note.signatures.length !== (await signersOf(note, own.keys)).size) {
    report.bad("checkpoint.txt has a line that is no signature by a key of keys.txt, or one of them twice");
  }
  check.vouched = await opened(textOf(files, "checkpoint.txt"), check.policy);
  const { checkpoint, witnesses } = check.vouched;
  report.right(`the checkpoint of ${checkpoint.size} entries is signed by ${checkpoint.origin}`);
  report.witnesses = witnesses.map(([key, at]) => ({ name: key.name, at }));
  for (const { name, at } of report.witnesses) report.right(`the witness ${name} countersigned it on ${london(at * 1000)}`);
  if (!witnesses.length) report.note("no witness countersigned it: whoever holds the council's key could have written all of it anew");
  if (manifest.origin !== checkpoint.origin || manifest.size !== checkpoint.size) report.bad("the manifest speaks of another checkpoint");
  const entries = await entriesOf(files, manifest, check, report);
  const unknown = entries.filter((entry) => !(entry.topic in KINDS));
  if (unknown.length) report.bad(`entry ${unknown[0].position} is of a later release than this page: ask for a newer page`);
  checkCompleteness(manifest, entries, report);
  await checkIndex(files, manifest, entries, Math.max(0, ...witnesses.map(([, at]) => at)), report);
  await checkLast(files, last, check, report);
  await checkReads(last ? [last, files] : [files], check.policy, report);
  report.entries = entries;
  report.trusted = trusted !== null;
}

/** Check a bundle; with `trustedText` null its own keys count, which proves only that it agrees with itself. */
async function verifyBundle(bytes, trustedText = null, lastBytes = null) {
  const report = reportOf();
  try {
    await checkAll(report, bytes, trustedText, lastBytes);
  } catch (error) {
    report.bad(error instanceof Wrong ? error.message : `it can't be read: ${error.message}`);
  }
  const sound = !report.wrong.length;
  const whole = report.incomplete ? `ENTRIES SOUND, BUT ${report.incomplete.toUpperCase()}` : "ENTRIES SOUND";
  report.verdict = !sound ? "NOT SOUND" : report.trusted ? whole : "CONSISTENT WITH ITSELF";
  return report;
}

const IN_LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });

function london(milliseconds) {
  return IN_LONDON.format(new Date(milliseconds));
}
