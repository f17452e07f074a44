/**
 * Sizes: `10kB`, `5MB`, `1GiB`.
 */
const units: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};

/** The greatest size that a manifest may name, `1000TB`, in bytes; the schema says the same of plain numbers. */
export const greatest = 1e15;

/** Bytes, or undefined where the text is no size. Not yet compared with any bounds. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^([0-9]+)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** What somebody who wrote `10 KB`, `1.5mb` or `5m` most likely means. */
export function meantSize(text: string): string | undefined {
  const [, number = '', letters = ''] = /^([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const meant = letters.toLowerCase().replace(/^bytes?$/, 'b');
  const unit = Object.keys(units).find((name) =>
    [name, name.slice(0, -1)].some((word) => word.toLowerCase() === meant),
  );
  if (number === '' || unit === undefined) return undefined;
  const bytes = Number(number) * (units[unit] ?? 1);
  // In the greatest unit of the same kind, thousands or 1024s, that makes a whole number of it
  const kin = Object.entries(units).filter(([name]) => name === 'B' || name.includes('i') === unit.includes('i'));
  const [name, factor] = kin.findLast(([, size]) => size <= (units[unit] ?? 1) && bytes % size === 0) ?? [];
  return name === undefined || factor === undefined ? undefined : `${bytes / factor}${name}`;
}
