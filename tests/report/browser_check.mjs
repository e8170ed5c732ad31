// Opens an HTML report in a real browser and holds it to its promises: nothing is fetched, nothing is logged, no name
// of the data acts, every chart is drawn, nothing is wider than the page, headings do not skip a level; in light and
// dark, wide and narrow, with and without JavaScript, and on paper.
//
//   node browser_check.mjs REPORT.html [FOLDER]     FOLDER: screenshots and a PDF are kept there
//
// Needs chromium (or the one that CHROMIUM names). Exit 0 all held, 1 something did not, 77 there is no browser.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [report, folder] = process.argv.slice(2);
const browserName = process.env.CHROMIUM ?? 'chromium';
if (!report) {
  console.error('usage: node browser_check.mjs REPORT.html [FOLDER]');
  process.exit(2);
}
if (spawnSync(browserName, ['--version']).status !== 0) {
  console.error(`${browserName} is not there: nothing was checked`);
  process.exit(77);
}

const views = [
  { name: 'wide', width: 1280, scheme: 'light' },
  { name: 'dark', width: 1280, scheme: 'dark' },
  { name: 'narrow', width: 390, scheme: 'light' },
  { name: 'narrow_dark', width: 390, scheme: 'dark' },
  { name: 'open', width: 1280, scheme: 'light', open: true },
  { name: 'open_narrow', width: 390, scheme: 'dark', open: true },
  { name: 'without_scripts', width: 1280, scheme: 'light', scripts: false },
];

// The browser's own protocol over a pipe: JSON messages that end in NUL.
class Browser {
  constructor(profile) {
    this.process = spawn(browserName, [
      '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--hide-scrollbars', `--user-data-dir=${profile}`,
      '--remote-debugging-pipe', 'about:blank',
    ], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.waiting = new Map();
    this.listeners = [];
    this.last = 0;
    let text = '';
    this.process.stdio[4].setEncoding('utf8');
    this.process.stdio[4].on('data', (piece) => {
      text += piece;
      const messages = text.split('\0');
      text = messages.pop();
      messages.forEach((message) => this.take(JSON.parse(message)));
    });
  }

  take(message) {
    if (message.id === undefined) return this.listeners.forEach((listener) => listener(message));
    const { fulfil, reject } = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else fulfil(message.result);
  }

  // With all of its processes, which are a group of their own: one that is left writes on to the profile.
  async end() {
    const gone = new Promise((done) => this.process.once('close', done));
    process.kill(-this.process.pid, 'SIGKILL');
    await gone;
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((fulfil, reject) => this.waiting.set(id, { fulfil, reject }));
  }
}

// Runs in the page.
const inspect = (open) => {
  const charts = [...document.querySelectorAll('[data-chart]')];
  if (open) document.querySelectorAll('details').forEach((details) => { details.open = true; });
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]));
  const charts_clipped = charts.filter((chart) => chart.scrollWidth > chart.clientWidth + 1).length;
  return {
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    undrawn: charts.filter((chart) => !chart.querySelector('svg .mark-group, svg [role]')).length,
    charts_clipped,
    acting: document.querySelectorAll('img, iframe, object, embed, link, base, form, [onerror], [onclick]').length,
    links: [...document.querySelectorAll('a')].filter((link) => !link.getAttribute('href').startsWith('#')).length,
    unnamed: charts.filter((chart) => chart.querySelector('svg') && !chart.getAttribute('aria-label')).length,
    levels,
  };
};

async function checkView(browser, view) {
  const problems = [];
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => browser.send(method, params, sessionId);
  const url = pathToFileURL(resolve(report)).href;
  let loaded;
  const isLoaded = new Promise((done) => { loaded = done; });
  browser.listeners = [({ method, params, sessionId: from }) => {
    if (from !== sessionId) return;
    if (method === 'Network.requestWillBeSent' && params.request.url !== url) problems.push(`requested ${params.request.url}`);
    if (method === 'Runtime.consoleAPICalled') problems.push(`logged ${params.args.map((part) => part.value ?? part.description).join(' ')}`);
    if (method === 'Runtime.exceptionThrown') problems.push(`threw ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
    if (method === 'Log.entryAdded') problems.push(`browser says: ${params.entry.text}`);
    if (method === 'Page.javascriptDialogOpening') problems.push(`a name opened a dialog: ${params.message}`);
    if (method === 'Page.loadEventFired') loaded();
  }];
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', { width: view.width, height: 900, deviceScaleFactor: 1, mobile: view.width < 600 });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: view.scheme }] });
  await send('Emulation.setScriptExecutionDisabled', { value: view.scripts === false });
  await send('Page.navigate', { url });
  await isLoaded;
  let page;
  for (let look = 0; look < 50; ++look) {  // Charts are drawn after the page has loaded.
    const { result } = await send('Runtime.evaluate', { expression: `(${inspect})(${view.open === true})`, returnByValue: true });
    page = result.value;
    if (view.scripts === false || !page.undrawn) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  if (page.width > view.width) problems.push(`the page is ${page.width} wide in a window of ${view.width}`);
  if (view.scripts !== false && page.undrawn) problems.push(`${page.undrawn} charts are not drawn`);
  if (page.charts_clipped) problems.push(`${page.charts_clipped} charts are wider than their place`);
  if (page.acting) problems.push(`${page.acting} elements that could act`);
  if (page.links) problems.push(`${page.links} links lead out of the page`);
  if (page.unnamed) problems.push(`${page.unnamed} charts have no name for a screen reader`);
  if (page.levels.some((level, at) => level > (page.levels[at - 1] ?? 0) + 2 || page.levels[0] !== 1)) problems.push('headings skip levels');
  if (folder) {
    await send('Emulation.setDeviceMetricsOverride', { width: view.width, height: Math.min(page.height, 12000), deviceScaleFactor: 1, mobile: view.width < 600 });
    const { data } = await send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(join(folder, `${view.name}.png`), Buffer.from(data, 'base64'));
    if (view.name === 'dark') {
      const { data: pdf } = await send('Page.printToPDF', { printBackground: true, preferCSSPageSize: true, paperWidth: 8.27, paperHeight: 11.69 });
      writeFileSync(join(folder, 'paper.pdf'), Buffer.from(pdf, 'base64'));
    }
  }
  await browser.send('Target.closeTarget', { targetId });
  return problems.map((problem) => `${view.name}: ${problem}`);
}

if (folder) mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), 'browser_check_'));
const browser = new Browser(profile);
const problems = [];
try {
  for (const view of views) {
    const late = new Promise((done) => { setTimeout(done, 60_000, [`${view.name}: the browser did not answer`]).unref(); });
    problems.push(...await Promise.race([checkView(browser, view), late]));
  }
} finally {
  await browser.end();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
problems.forEach((problem) => console.log(problem));
console.log(problems.length ? `${problems.length} problems` : `${report}: all held in ${views.length} views`);
process.exit(problems.length ? 1 : 0);
