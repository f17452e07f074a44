/**
 * What `objflow init` writes: a small mapping that works at once, with sample data. Its commands need a POSIX shell, awk
 * and cat, and nothing else. Knows nothing of where the files go, or of what is there already.
 */

/** One file of the template. */
export interface InitFile {
  /** Relative to the directory that is set up, with `/` between segments. */
  readonly path: string;
  readonly content: string;
}

const manifest = String.raw`# yaml-language-server: $schema=./node_modules/objflow/schema/manifest.schema.json
#
# Each job says what it reads (sources) and what it writes (targets). When it runs, and after which, follows from that.
version: 1

jobs:
  # {date} captures: every day that lands is a task of its own. Another day: copy a file in landing/ to a new date.
  clean_orders:
    sources: landing/orders_{date}.csv
    targets: clean/orders_{date}.csv
    where: { date: '\d{4}-\d{2}-\d{2}' } # other names are not for this job
    # The command finds the files in "$source" and "$target". It writes beside the target and renames: a target is
    # there whole or not at all. Here it drops orders without a quantity, and those that were sent twice.
    run: |
      mkdir -p clean
      awk -F, 'NR == 1 || ($3 ~ /^[0-9]+$/ && !seen[$1]++)' "$source" >"$target.part"
      mv "$target.part" "$target"

  # Runs for a day as soon as clean_orders has made that day's file. What was captured is a variable too: "$date".
  daily_totals:
    sources: clean/orders_{date}.csv
    targets: totals/{date}.csv
    run: |
      mkdir -p totals
      LC_ALL=C awk -F, '
        NR > 1 { count++; revenue += $3 * $4 }
        END { printf "%s,%d,%.2f\n", ENVIRON["date"], count, revenue }
      ' "$source" >"$target.part"
      mv "$target.part" "$target"

  # A star gathers: one task over all days, given in order as "$@". It runs once, however many days are new.
  report:
    sources: totals/*.csv
    targets: reports/totals.csv
    run: |
      mkdir -p reports
      { echo date,orders,revenue; cat "$@"; } >"$target.part"
      mv "$target.part" "$target"
`;

const orders: Readonly<Record<string, readonly string[]>> = {
  '2026-11-20': ['1001,books,2,14.99', '1002,toys,1,18.99', '1003,games,,39.99', '1004,music,3,11.50'],
  '2026-11-21': ['1005,garden,1,24.50', '1006,books,1,14.99', '1006,books,1,14.99'],
  '2026-11-22': ['1007,kitchen,2,59.00', '1008,toys,4,18.99', '1009,music,1,11.50'],
};

/** The files of the template, the manifest first. */
export function initFiles(): readonly InitFile[] {
  return [
    { path: 'objflow.yaml', content: manifest },
    ...Object.entries(orders).map(([date, rows]) => ({
      path: `landing/orders_${date}.csv`,
      content: ['id,category,quantity,price', ...rows, ''].join('\n'),
    })),
  ];
}
