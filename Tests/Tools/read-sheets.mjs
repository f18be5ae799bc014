// Reads all spreadsheets of a folder with a reader that is not ours, and prints their cells as JSON: for each file its
// sheets, for each sheet its cells by address. Numbers with a date's format also say which date they show.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import XLSX from 'xlsx';

const folder = process.argv[2];
const files = {};
for (const name of readdirSync(folder).sort()) {
  const bytes = readFileSync(join(folder, name));
  try {
    files[name] = name.endsWith('.csv') ? text(name, bytes) : book(bytes);
  } catch (error) {
    files[name] = { error: String(error) };
  }
}

process.stdout.write(JSON.stringify(files));

function book(bytes) {
  const read = XLSX.read(bytes, { cellNF: true, cellText: true, cellStyles: false });
  return sheets(read, read.Workbook?.WBProps?.date1904 ?? false);
}

function text(name, bytes) {
  const encoding = name.includes('1256') ? 'windows-1256' : bytes[0] === 0xff ? 'utf-16le' : 'utf-8';
  const read = XLSX.read(new TextDecoder(encoding).decode(bytes), { type: 'string', raw: true });
  return sheets(read, false);
}

function sheets(read, date1904) {
  return Object.fromEntries(
    read.SheetNames.map((sheet) => [
      sheet,
      Object.fromEntries(
        Object.entries(read.Sheets[sheet])
          .filter(([address]) => !address.startsWith('!'))
          .map(([address, cell]) => [address, { ...shown(cell), date: date(cell, date1904) }]),
      ),
    ]),
  );
}

function shown({ t, v, w, f }) {
  return { t, v, w, f };
}

function date({ t, v, z }, date1904) {
  if (t !== 'n' || !z || !XLSX.SSF.is_date(z)) return undefined;
  // Hours alone, such as [h]:mm, show no day.
  if (!/[yd]/i.test(z.replace(/\[[^\]]*\]|"[^"]*"/g, ''))) return undefined;
  const parts = XLSX.SSF.parse_date_code(v, { date1904 });
  if (!parts) return undefined;
  const { y, m, d, H, M, S } = parts;
  const two = (number) => String(number).padStart(2, '0');
  return `${y}-${two(m)}-${two(d)} ${two(H)}:${two(M)}:${two(S)}`;
}
