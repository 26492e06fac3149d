/** What one statement's rows are made of. */
interface RowClass {
  readonly names: readonly string[];
  readonly Row: new (values: readonly unknown[]) => object;
}

/** BOUNDED-WORK: there are as many as prepared statements, a handful; a schema that changes below them adds a few. */
const MAX_CLASSES = 100;

const classes = new Map<string, RowClass>();

/**
 * The rows of a prepared statement, from arrays. A driver that makes an object of each row writes every column into it by
 * its name, which for the forty columns of a look-up takes longer than reading them from the wire; here a column is found
 * when somebody asks for it.
 */
export const readRows = <Row>(
  statement: string,
  columns: readonly { readonly name: string }[],
  arrays: readonly (readonly unknown[])[],
): Row[] => {
  let known = classes.get(statement);
  if (known === undefined || !isOf(known, columns)) {
    if (classes.size >= MAX_CLASSES) classes.clear();
    known = classOf(columns.map(({ name }) => name));
    classes.set(statement, known);
  }
  const { Row } = known;
  return arrays.map((values) => new Row(values)) as Row[];
};

const isOf = ({ names }: RowClass, columns: readonly { readonly name: string }[]): boolean =>
  names.length === columns.length && columns.every(({ name }, i) => name === names[i]);

const classOf = (names: readonly string[]): RowClass => {
  // Private: no column can have its name.
  class Row {
    readonly #values: readonly unknown[];
    constructor(values: readonly unknown[]) {
      this.#values = values;
    }
    static at(row: Row, place: number): unknown {
      return row.#values[place];
    }
  }
  for (const [i, name] of names.entries()) {
    // Of two columns of one name the last one counts, as in the driver.
    Object.defineProperty(Row.prototype, name, {
      configurable: true,
      get(this: Row) {
        return Row.at(this, i);
      },
    });
  }
  return { names, Row };
};
