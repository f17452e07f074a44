/** A terminal, as far as the live view uses one: text, line ends, cursor up, erase to the end of line and of screen. */
export class Screen {
  readonly rows: string[] = [''];
  private row = 0;
  private column = 0;
  readonly columns: number;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    for (const [piece, count, erase] of text.matchAll(/\x1b\[(\d*)([AKJ])|\x1b\[\d+m|[\s\S]/gu)) {
      if (erase === 'A') {
        if (this.row < Number(count)) throw new Error('the cursor leaves the screen');
        this.row -= Number(count);
      } else if (erase === 'K') this.set(this.line().slice(0, this.column));
      else if (erase === 'J') {
        this.set(this.line().slice(0, this.column));
        this.rows.length = this.row + 1;
      } else if (piece === '\n') this.next();
      else if (piece === '\r') this.column = 0;
      else if (!piece.startsWith('\x1b')) {
        if (this.column === this.columns) this.next();
        this.set(this.line().slice(0, this.column) + piece + this.line().slice(this.column + 1));
        this.column += 1;
      }
    }
  }

  /** What a person sees. */
  get text(): string {
    return this.rows.map((row) => row.trimEnd()).join('\n');
  }

  private line(): string {
    return this.rows[this.row] ?? '';
  }

  private set(text: string): void {
    this.rows[this.row] = text;
  }

  private next(): void {
    this.row += 1;
    this.column = 0;
    this.rows[this.row] ??= '';
  }
}
