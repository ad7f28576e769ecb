// Ed25519 (RFC 8032): the browser's own where it has it, and plain arithmetic where it hasn't.
"use strict";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202n;
const BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;
const BASE = [BASE_X, BASE_Y, 1n, (BASE_X * BASE_Y) % P];

const mod = (a, m = P) => ((a % m) + m) % m;

function power(base, exponent) {
  let result = 1n, square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2), d = mod(2n * z1 * z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(point, scalar) {
  let sum = [0n, 1n, 1n, 0n], double = point;
  for (let s = scalar; s > 0n; s >>= 1n) {
    if (s & 1n) sum = added(sum, double);
    double = added(double, double);
  }
  return sum;
}

const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

function pointOf(bytes) {
  const raw = littleEndian(bytes), sign = raw >> 255n, y = raw & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(mod(u * power(v, 7n)), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(v * x * x) !== u || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

async function plainEd25519Verifies(key, signature, message) {
  const point = pointOf(key), r = pointOf(signature.subarray(0, 32)), s = littleEndian(signature.subarray(32));
  if (!point || !r || s >= ORDER) return false;
  const data = new Uint8Array(64 + message.length);
  data.set(signature.subarray(0, 32));
  data.set(key, 32);
  data.set(message, 64);
  const k = littleEndian(new Uint8Array(await crypto.subtle.digest("SHA-512", data))) % ORDER;
  const [x1, y1, z1] = times(BASE, s), [x2, y2, z2] = added(r, times(point, k));
  return mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;
}

async function ed25519Verifies(key, signature, message) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return plainEd25519Verifies(key, signature, message);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}
