/** What a line about an event begins with: when it happened, as the clock on the wall says. */
import { formatTime } from './durations.js';

/** `10:03:12`, or `2026-11-24 10:03:12` where lines of other days stand above. Milliseconds since 1970. */
export const stamp = (at: number, dates: boolean): string => (dates ? `${day(at)} ${formatTime(at)}` : formatTime(at));

function day(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
