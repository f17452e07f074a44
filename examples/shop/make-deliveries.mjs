// Delivers days of the shop's data into landing/: customers, orders and payments, a CSV file each.
//
//   node make-deliveries.mjs                      the five days that are checked in
//   node make-deliveries.mjs 2026-11-21           one more day (any number of days)
//   node make-deliveries.mjs 2026-11-22 --bad     a day whose payments hold an amount that is no number
//
// A day is the same whenever and however often it is made: all that is random in it comes from its date.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const firstDay = '2026-11-16';
const checkedIn = [firstDay, '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const newCustomersADay = 40;
const landing = join(import.meta.dirname, 'landing');

const firstNames = [
  'Ada',
  'Bela',
  'Chloé',
  'Dmitri',
  'Emeka',
  'Fatima',
  'Grace',
  'Hiro',
  'Inés',
  'Jürgen',
  'Kofi',
  'Lena',
];
const lastNames = [
  'Abe',
  'Brandt',
  'Costa',
  'Diallo',
  'Evans',
  'Fischer',
  'Gupta',
  "O'Hara",
  'Ivanova',
  'Jensen',
  'Kim',
];
const cities = ['Berlin', 'Lagos', 'Lima', 'Lyon', 'Oslo', 'Osaka', 'Porto', 'Pune'];
const prices = { books: 1499, games: 3999, garden: 2450, kitchen: 5900, music: 1150, toys: 1899 }; // in cents
const methods = ['card', 'card', 'card', 'transfer', 'voucher'];

/** Numbers from 0 up to 1, the same for the same seed: mulberry32 over an FNV-1a hash of the text. */
function randomFrom(seed) {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The rows of one day: each day brings new customers, and orders from all customers so far. */
function makeDay(day) {
  const number = (Date.parse(day) - Date.parse(firstDay)) / 86_400_000;
  const random = randomFrom(`shop ${day}`);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const known = (number + 1) * newCustomersADay;

  const customers = [];
  for (let id = known - newCustomersADay + 1; id <= known; id++) customers.push(customerRow(id, pick(cities)));
  // A few customers of earlier days have moved house: their row comes again.
  const moved = new Set(
    Array.from({ length: number > 0 ? 5 : 0 }, () => 1 + Math.floor(random() * number * newCustomersADay)),
  );
  for (const id of moved) customers.push(customerRow(id, pick(cities)));

  const orders = [];
  const payments = [];
  const count = 260 + Math.floor(random() * 60);
  for (let index = 1; index <= count; index++) {
    const id = (number + 1) * 1000 + index;
    const customer = 1 + Math.floor(random() ** 2 * known); // squared: some customers order more than others
    const category = pick(Object.keys(prices));
    const quantity = 1 + Math.floor(random() * 3);
    const status = random() < 0.04 ? 'cancelled' : 'placed';
    const spelt = random() < 0.1 ? ` ${category.toUpperCase()} ` : category;
    const order = [id, customer, spelt, quantity, money(prices[category]), status];
    orders.push(order);
    if (random() < 0.03) orders.push(order); // the shop sends some orders twice

    if (status === 'cancelled' || random() < 0.04) continue; // the rest is paid, some at the second try
    const method = pick(methods);
    const amount = money(prices[category] * quantity);
    if (random() < 0.08) payments.push([id * 10, id, method, amount, 'refused']);
    payments.push([id * 10 + 1, id, method, amount, 'paid']);
  }
  return { customers, orders, payments };
}

function customerRow(id, city) {
  const random = randomFrom(`customer ${id}`);
  const pick = (list) => list[Math.floor(random() * list.length)];
  return [id, `${pick(firstNames)} ${pick(lastNames)}`, city];
}

const money = (cents) => (cents / 100).toFixed(2);

/** Writes a file beside its place and renames it: who looks sees all of it, or none. */
function deliver(name, day, header, rows) {
  const file = `${name}_${day}.csv`;
  const part = join(landing, `.${file}.part`);
  writeFileSync(part, [header, ...rows.map((row) => row.join(','))].map((line) => `${line}\n`).join(''));
  renameSync(part, join(landing, file));
  console.log(`landing/${file}: ${rows.length} rows`);
}

const given = process.argv.slice(2);
const bad = given.includes('--bad');
const days = given.filter((argument) => argument !== '--bad');
const wrong = days.find((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day) || !isDay(day) || day < firstDay);
if (wrong !== undefined || (bad && days.length === 0)) {
  console.error(
    `${wrong === undefined ? '--bad wants a day' : `${JSON.stringify(wrong)} is no day from ${firstDay} on`}`,
  );
  console.error('usage: node make-deliveries.mjs [YYYY-MM-DD...] [--bad]');
  process.exit(2);
}

mkdirSync(landing, { recursive: true });
for (const day of days.length > 0 ? days : checkedIn) {
  const { customers, orders, payments } = makeDay(day);
  if (bad) payments[Math.floor(payments.length / 2)][3] = 'twelve';
  deliver('customers', day, 'id,name,city', customers);
  deliver('orders', day, 'id,customer_id,category,quantity,price,status', orders);
  deliver('payments', day, 'id,order_id,method,amount,status', payments);
}

/** 2026-02-30 parses as a date in March: a day is one that comes back as it went in. */
function isDay(text) {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
