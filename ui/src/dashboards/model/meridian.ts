/** A point: longitude and latitude in degrees. */
export type Point = [number, number];

/**
 * cutRing parts a ring that crosses the 180th meridian into rings on either
 * side of it. Flat maps would draw a line across the whole world otherwise.
 * Rings around a pole are not for it.
 */
export function cutRing(ring: readonly Point[]): Point[][] {
  const run = unwrap(ring);
  const low = Math.min(...run.map(([x]) => x));
  const high = Math.max(...run.map(([x]) => x));
  if (low >= -180 && high <= 180) return [[...ring]];
  const parts: Point[][] = [];
  for (const turn of [-360, 0, 360]) {
    const moved = run.map(([x, y]): Point => [x + turn, y]);
    const part = clip(clip(moved, -180, 1), 180, -1);
    if (part.length >= 4) parts.push(part);
  }
  return parts;
}

/** The ring without jumps: its longitudes may leave the range of -180 to 180. */
function unwrap(ring: readonly Point[]): Point[] {
  let turn = 0;
  let before: number | undefined;
  return ring.map(([x, y]): Point => {
    if (before !== undefined && Math.abs(x - before) > 180) turn += x > before ? -360 : 360;
    before = x;
    return [x + turn, y];
  });
}

/** The part of a ring on one side of a meridian: east of it when side is 1, west when -1. */
function clip(ring: readonly Point[], edge: number, side: 1 | -1): Point[] {
  const inside = ([x]: Point) => (x - edge) * side >= 0;
  const out: Point[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [a, b] = [ring[i], ring[i + 1]];
    if (!a || !b) continue;
    if (inside(a)) out.push(a);
    if (inside(a) !== inside(b)) {
      const at = (edge - a[0]) / (b[0] - a[0]);
      out.push([edge, a[1] + at * (b[1] - a[1])]);
    }
  }
  const first = out[0];
  if (first) out.push(first);
  return out;
}
