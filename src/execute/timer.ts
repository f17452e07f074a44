/** Timeouts: measured on a clock that nobody sets, and longer than Node's own timers go. */

/** Node fires at once what is longer. */
const longest = 2 ** 31 - 1;

/** Calls `act` after so many milliseconds; gives what calls it off. */
export function after(milliseconds: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wind = (left: number): void => {
    timer = setTimeout(() => (left > longest ? wind(left - longest) : act()), Math.min(left, longest));
  };
  wind(milliseconds);
  return () => clearTimeout(timer);
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Milliseconds as a manifest would write them: `1h30m`, `10s`, `500ms`. */
export function duration(milliseconds: number): string {
  let left = Math.round(milliseconds);
  let text = '';
  for (const [unit, length] of units) {
    const count = Math.floor(left / length);
    if (count > 0) text += `${count}${unit}`;
    left -= count * length;
  }
  return text === '' ? '0s' : text;
}
