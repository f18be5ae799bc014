// Looks at every page of a running demonstration: takes its picture in both languages, both themes and five widths, and
// measures what no picture shows. Pages are found by following links; of those that differ by a number alone, one is
// taken.
//
//   dotnet run -- --demo
//   node Tests/Tools/look.mjs http://localhost:5000 /tmp/look [shots] [measures] [edges]
//
// shots: the pictures. measures: shifts of the layout, requests of a first visit, what is wider than the window, and
// the console. edges: a window of 320 × 180, forced colours, and paper. All three without a word. It ends with 1 when
// a measure is beyond its limit.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const [base = 'http://localhost:5000', into = '/tmp/look', ...words] = process.argv.slice(2);
const wants = word => words.length === 0 || words.includes(word);
const shiftMax = 0.05;
const requestsMax = 10;
const password = 'riyadh-demo-2026';
const people = [
  ['admin', 'nasser.alqahtani@mdc.example'],
  ['editor', 'sara.alharbi@mdc.example'],
  ['client', 'khalid@alriyadh.example'],
  ['stranger', null],
];
// Files and acts, and the page that ends the session.
const left = new RegExp(
  '/(export|pdf|qr|data|sample|template|rejected|signin/google|live)\\b'
    + '|\\.(svg|css|js|json)$|[?&](sort|page|filters|format)=',
);

const playwright = new URL('../bin/Debug/net10.0/.playwright/package/index.mjs', import.meta.url);
const { chromium } = await import(playwright);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox'],
});
mkdirSync(into, { recursive: true });
const wrong = [];

for (const [role, email] of people) {
  const state = await signIn(email);
  const pages = await follow(state);
  console.log(`${role}: ${pages.length} pages`);
  for (const url of pages) {
    const name = `${role}${url.replace(/[^a-z0-9]+/gi, '-').slice(0, 50).replace(/-$/, '')}`;
    if (wants('measures')) await measure(state, url, role);
    if (wants('edges')) await edges(state, url, name);
    if (wants('shots')) await shots(state, url, name);
  }
}

await browser.close();
wrong.forEach(line => console.log(line));
process.exitCode = wrong.length ? 1 : 0;

async function signIn(email) {
  const context = await browser.newContext({ locale: 'en' });
  if (email) {
    const page = await context.newPage();
    await page.goto(`${base}/signin`);
    await page.fill('[name=email]', email);
    await page.fill('[name=password]', password);
    await Promise.all([page.waitForURL(to => !to.pathname.startsWith('/signin')), page.keyboard.press('Enter')]);
  }
  const state = await context.storageState();
  await context.close();
  return state;
}

async function follow(state) {
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const seen = new Map();
  const queue = state.cookies.length > 1 ? ['/'] : ['/signin', '/track', '/register', '/forgot', '/nothing-here'];
  while (queue.length) {
    const url = queue.shift();
    const shape = url.replace(/\?.*/, '').replace(/TRX-[\d-]+|PRJ-[\d-]+|\d+/g, '#');
    if (seen.has(shape) || left.test(url)) continue;
    const answer = await page.goto(base + url).catch(() => null);
    if (!answer || !answer.headers()['content-type']?.startsWith('text/html')) continue;
    seen.set(shape, url);
    const links = await page.$$eval('a[href]', all =>
      all.map(a => new URL(a.getAttribute('href'), document.baseURI).href),
    );
    queue.push(
      ...links
        .filter(to => to.startsWith(base + '/'))
        .map(to => to.slice(base.length).replace(/#.*/, '')),
    );
  }
  await context.close();
  return [...seen.values()];
}

async function open(state, options, work) {
  const context = await browser.newContext({ storageState: state, ...options });
  try {
    const page = await context.newPage();
    await work(page, context);
  } finally {
    await context.close();
  }
}

async function measure(state, url, role) {
  for (const [width, height] of [[1440, 900], [390, 844]])
    await open(state, { viewport: { width, height } }, async page => {
      let requests = 0;
      // Fonts come once for all pages.
      page.on('request', request => !/font|eventsource/.test(request.resourceType()) && requests++);
      page.on('pageerror', error => wrong.push(`${role} ${url}: ${error.message}`));
      await page.addInitScript(() => {
        window.shifts = [];
        new PerformanceObserver(list => {
          for (const shift of list.getEntries())
            window.shifts.push([shift.value, shift.sources?.map(s => s.node?.className || s.node?.nodeName).join()]);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(base + url, { waitUntil: 'networkidle' }).catch(() => {});
      const shifts = await page.evaluate(() => window.shifts);
      const shift = shifts.reduce((sum, [value]) => sum + value, 0);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      const moved = shifts.map(([, nodes]) => nodes).join(' | ');
      if (shift > shiftMax) wrong.push(`${role} ${url} at ${width} shifts by ${shift.toFixed(3)}: ${moved}`);
      if (requests > requestsMax) wrong.push(`${role} ${url} makes ${requests} requests`);
      if (beyond > 0) wrong.push(`${role} ${url} is ${beyond} px too wide at ${width}`);
    });
}

async function edges(state, url, name) {
  await open(state, { viewport: { width: 320, height: 180 } }, async page => {
    await page.goto(base + url);
    // What stays in place over the text while the rest scrolls.
    const stuck = await page.evaluate(() => {
      scrollTo(0, 400);
      const all = [...document.querySelectorAll('body *')].filter(
        e => ['fixed', 'sticky'].includes(getComputedStyle(e).position) && e.offsetParent !== undefined,
      );
      const heights = all.map(e => e.getBoundingClientRect()).filter(r => r.height && r.width > 200 && r.bottom > 0);
      return heights.filter(r => r.top < innerHeight).reduce((sum, r) => sum + r.height, 0);
    });
    if (stuck > 60) wrong.push(`${name}: ${Math.round(stuck)} of 180 px are covered`);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (beyond > 0) wrong.push(`${name} is ${beyond} px too wide at 320`);
    await page.screenshot({ path: join(into, `${name}-320x180.png`) });
  });
  await open(state, { viewport: { width: 1280, height: 900 }, forcedColors: 'active' }, async page => {
    await page.goto(base + url);
    await page.screenshot({ path: join(into, `${name}-forced.png`) });
    await page.pdf({ path: join(into, `${name}.pdf`), preferCSSPageSize: true });
  });
}

async function shots(state, url, name) {
  for (const language of ['en', 'ar'])
    for (const theme of ['light', 'dark'])
      await open(state, { colorScheme: theme, locale: language, extraHTTPHeaders: { 'Accept-Language': language } },
        async (page, context) => {
          await context.addCookies([{ name: 'mdc.language', value: language, url: base }]);
          await page.goto(base + url);
          for (const [width, height] of [[1440, 900], [1280, 720], [820, 1100], [390, 844], [320, 640]]) {
            await page.setViewportSize({ width, height });
            await page.screenshot({ path: join(into, `${name}-${language}-${theme}-${width}.png`) });
          }
        });
}
