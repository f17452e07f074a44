/**
 * Durations: `500ms`, `2s`, `10m`, `1h`, `1d`.
 */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or undefined where the text is no duration. Not yet compared with any bounds. */
export function milliseconds(text: string): number | undefined {
  const [, number, unit] = /^([0-9]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return number === undefined || unit === undefined ? undefined : Number(number) * (units[unit] ?? 1);
}

/** What somebody who wrote `5 minutes` or `1.5h` most likely means. */
export function meantDuration(text: string): string | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*(ms|millis|s|m|h|d)[a-z]*$/i.exec(text.trim());
  const [, number = '', letters = ''] = match ?? [];
  const unit = letters.toLowerCase() === 'millis' ? 'ms' : letters.toLowerCase();
  let [amount, factor] = [Number(number), units[unit]];
  if (match === null || factor === undefined) return undefined;
  amount *= factor;
  factor = Object.values(units).findLast((size) => amount % size === 0);
  const name = Object.keys(units).find((key) => units[key] === factor);
  return name === undefined || factor === undefined ? undefined : `${amount / factor}${name}`;
}
