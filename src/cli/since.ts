/** Moments in the past, as people write them on a command line: `2h`, `2026-11-20`, `2026-11-20T08:00`. */
import { milliseconds } from '../manifest/duration.js';

/**
 * Milliseconds since 1970; undefined where the text is none of them. A duration, as in a manifest, counts back from `now`; a
 * date begins at midnight, here; a time without a zone is the clock's on the wall.
 */
export function momentOf(text: string, now: number): number | undefined {
  const duration = milliseconds(text);
  if (duration !== undefined) return now - duration;
  const [, date, time = '00:00', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  // JavaScript takes the 31st of February for the 3rd of March.
  const day = new Date(`${date}T00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined;
  const at = new Date(`${date}T${time}${zone}`).getTime();
  return Number.isNaN(at) ? undefined : at;
}
