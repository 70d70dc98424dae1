// QR: an address as a QR code (ISO/IEC 18004), byte mode, error correction M, versions 1 to 6.

const BLOCKS = [null, [1, 16, 10], [1, 28, 16], [1, 44, 26], [2, 32, 18], [2, 43, 24], [4, 27, 16]]; // count, data, correction
const MASK = 0; // any is read; this one is (row + column) even
const FORMAT = 0x5412; // correction M and mask 0 without their own correction bits, masked

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = value;
  EXP[power + 255] = value;
  LOG[value] = power;
  value = value < 128 ? value * 2 : (value * 2) ^ 0x11d;
}

export function qrRows(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((block) => block && bytes.length <= block[0] * block[1] - 2);
  if (version < 0) throw new Error("too long for a code on the screen");
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => new Array(size).fill(null));
  patterns(grid, version);
  place(grid, corrected(data(bytes, version), version));
  return grid.map((row) => row.map((dark) => (dark ? "1" : "0")).join(""));
}

function data(bytes, version) {
  const [count, each] = BLOCKS[version];
  const bits = [0, 1, 0, 0];
  const push = (value, length) => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  push(bytes.length, 8);
  bytes.forEach((byte) => push(byte, 8));
  push(0, 4);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(parseInt(bits.slice(at, at + 8).join(""), 2));
  for (let filler = 0xec; words.length < count * each; filler ^= 0xec ^ 0x11) words.push(filler);
  return words;
}

function corrected(words, version) {
  const [count, each, correction] = BLOCKS[version];
  const blocks = Array.from({ length: count }, (_, index) => words.slice(index * each, (index + 1) * each));
  const checks = blocks.map((block) => remainder(block, correction));
  const woven = [];
  for (let at = 0; at < each; at += 1) blocks.forEach((block) => woven.push(block[at]));
  for (let at = 0; at < correction; at += 1) checks.forEach((check) => woven.push(check[at]));
  return woven;
}

// The remainder of a block as a polynomial over GF(256), divided by (x - 1)(x - 2)(x - 4)…
function remainder(block, degree) {
  let divisor = [1];
  for (let power = 0; power < degree; power += 1) {
    const longer = [...divisor, 0];
    divisor.forEach((factor, at) => {
      longer[at + 1] ^= times(factor, EXP[power]);
    });
    divisor = longer;
  }
  const rest = [...block, ...new Array(degree).fill(0)];
  for (let at = 0; at < block.length; at += 1) {
    const lead = rest[at];
    divisor.forEach((factor, step) => {
      rest[at + step] ^= times(factor, lead);
    });
  }
  return rest.slice(block.length);
}

const times = (one, other) => (one && other ? EXP[LOG[one] + LOG[other]] : 0);

function patterns(grid, version) {
  const size = grid.length;
  for (let at = 8; at < size - 8; at += 1) grid[6][at] = grid[at][6] = at % 2 === 0;
  for (const [row, column] of [[0, 0], [0, size - 7], [size - 7, 0]]) square(grid, row + 3, column + 3, 4);
  if (version > 1) square(grid, size - 7, size - 7, 2);
  const bits = format();
  for (let at = 0; at < 15; at += 1) {
    const dark = Boolean((bits >> at) & 1);
    grid[at < 6 ? at : at < 8 ? at + 1 : size - 15 + at][8] = dark;
    grid[8][at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at] = dark;
  }
  grid[size - 8][8] = true;
}

// Rings around a centre: dark but for the second from outside of four, or of two the inner.
function square(grid, row, column, reach) {
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const ring = Math.max(Math.abs(x), Math.abs(y));
      if (grid[row + y] && grid[row + y][column + x] !== undefined) {
        grid[row + y][column + x] = reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1;
      }
    }
  }
}

function format() {
  let rest = MASK << 10;
  for (let bit = 14; bit >= 10; bit -= 1) if ((rest >> bit) & 1) rest ^= 0x537 << (bit - 10);
  return ((MASK << 10) | rest) ^ FORMAT;
}

function place(grid, words) {
  const size = grid.length;
  let at = 0;
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== null) continue;
        const bit = at < words.length * 8 ? (words[at >> 3] >> (7 - (at & 7))) & 1 : 0;
        grid[row][column] = Boolean(bit) !== ((row + column) % 2 === 0);
        at += 1;
      }
    }
    up = !up;
  }
}
