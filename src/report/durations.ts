/** Times and durations in words. Knows no clock. */

/** A duration in milliseconds as a person reads it: `3ms`, `1.2s`, `45s`, `2m 03s`, `1h 02m`, `3d 04h`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms}ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return pair(seconds, 60, 'm', 's');
  const minutes = Math.floor(seconds / 60);
  return minutes < 24 * 60 ? pair(minutes, 60, 'h', 'm') : pair(Math.floor(minutes / 60), 24, 'd', 'h');
}

const pair = (count: number, base: number, large: string, small: string): string =>
  `${Math.floor(count / base)}${large} ${String(count % base).padStart(2, '0')}${small}`;

/** How long ago, in words: `just now`, `12s ago`, `2m 03s ago`. Both in milliseconds since 1970. */
export const formatAgo = (at: number, now: number): string =>
  now - at < 1000 ? 'just now' : `${formatDuration(Math.floor((now - at) / 1000) * 1000).replace('.0s', 's')} ago`;

/** The time of day, as the clock on the wall says: `10:03:12`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A time for programs: ISO 8601, in UTC. */
export const isoTime = (at: number): string => new Date(at).toISOString();
