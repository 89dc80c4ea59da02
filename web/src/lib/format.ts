/** Numbers and times as people read them. */
const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 12,480 */
export function count(n: number): string {
  return grouped.format(n);
}

/** 12.5K: where space is short. */
export function brief(n: number): string {
  return Math.abs(n) < 10_000 ? grouped.format(n) : compact.format(n);
}

/** "1 row", "2 rows" */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A share as a percentage with one decimal; a positive one never reads 0.0 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

/** A probability as a whole percentage; what is not certain never reads 0 or 100 %. */
export function chance(probability: number): string {
  if (probability <= 0 || probability >= 1) return `${probability <= 0 ? 0 : 100} %`;
  return `${Math.min(99, Math.max(1, Math.round(100 * probability)))} %`;
}

/** Three significant digits, for axes and values of any size. */
export function measure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return grouped.format(value);
  if (size >= 1e15) return value.toExponential(1);
  if (size >= 10_000) return compact.format(value);
  if (size >= 999.5) return grouped.format(Number(value.toPrecision(3)));
  if (size >= 0.001) return String(Number(value.toPrecision(3)));
  return value.toExponential(1);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "5 minutes ago" */
export function ago(time: string | number | Date, now: number = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

const moments = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** "29 Dec 2019, 06:40", in the reader's time zone; what is no time stays as it is. */
export function moment(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : moments.format(date);
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function shortId(id: string): string {
  return id.slice(0, 8);
}
