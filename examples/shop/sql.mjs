// Runs one file of SQL against shop.duckdb, all of it in one transaction:   node sql.mjs sql/load_orders.sql
//
// $name in the SQL is the environment variable `name` (objflow sets $date, $source, $target, ...). It goes to the
// database as a bound value, never as a piece of the SQL: whatever a file is called, it can only ever be data. (read_csv
// takes a star in a name for a pattern; `where` in objflow.yaml lets no such name in.)
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: node sql.mjs FILE.sql');
  process.exit(2);
}

let values = {};
let connection;
try {
  const instance = await DuckDBInstance.create('shop.duckdb');
  connection = await instance.connect();
  await connection.run('begin');
  const statements = await connection.extractStatements(readFileSync(file, 'utf8'));
  for (let index = 0; index < statements.count; index++) {
    const statement = await statements.prepare(index);
    values = {};
    for (let position = 1; position <= statement.parameterCount; position++) {
      const name = statement.parameterName(position);
      if (process.env[name] === undefined) throw new Error(`$${name} is not set in the environment`);
      values[name] = process.env[name];
    }
    if (statement.parameterCount > 0) statement.bind(values);
    await statement.run();
  }
  await connection.run('commit');
} catch (error) {
  // The first paragraph says what is wrong; what DuckDB prints below it are its settings. Ending without a commit undoes.
  const given = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  console.error([`${file} failed`, ...given].join(', '));
  console.error(error.message.split('\n\n')[0]);
  process.exitCode = 1;
} finally {
  connection?.closeSync();
}
