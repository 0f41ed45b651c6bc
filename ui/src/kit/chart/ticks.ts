import { wallClock } from "../time/format";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [1000, 5000, 10_000, 30_000, minute, 5 * minute, 10 * minute, 30 * minute, hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 91 * day, 365 * day];

/** A label below a timeline. */
export interface Tick {
  /** Which bucket it stands at. */
  index: number;
  /** Whether the day is worth saying, not only the hour. */
  day: boolean;
}

/** A moment as the clock on the wall shows it, in milliseconds as if the zone were UTC. */
const wall = (ms: number, zone: string): number => Date.parse(`${wallClock(ms, zone)}Z`);

/**
 * timeTicks chooses the buckets of a timeline that get a label: at round
 * times of the viewer's clock, at most `most` of them. Buckets may be of
 * unequal width (months, days on which clocks change).
 */
export function timeTicks(starts: readonly number[], zone: string, most: number): { ticks: Tick[]; step: number } {
  const first = starts[0];
  const last = starts[starts.length - 1];
  if (first === undefined || last === undefined) return { ticks: [], step: 0 };
  const walls = starts.map((s) => wall(s, zone));
  const span = last - first;
  for (const step of steps) {
    if (span / step > most) continue;
    const ticks: Tick[] = [];
    let before: number | undefined;
    let shownDay: number | undefined;
    walls.forEach((w, index) => {
      const slot = Math.floor(w / step);
      // The first bucket gets a label when it begins a slot, the others when the slot changes.
      if (slot !== before && (index > 0 || w % step === 0)) {
        const today = Math.floor(w / day);
        ticks.push({ index, day: step >= day || today !== shownDay });
        shownDay = today;
      }
      before = slot;
    });
    if (ticks.length <= most + 1) return { ticks: ticks.length > 0 ? ticks : [{ index: 0, day: true }], step };
  }
  return { ticks: [{ index: 0, day: true }], step: span };
}
