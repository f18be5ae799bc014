// The search in the header as a palette (the combobox of the ARIA practices): transactions from the server, and what
// this page and the navigation offer from what stands there already. app.js loads it when the search is first used.
const $ = (s, from = document) => from.querySelector(s),
  $$ = (s, from = document) => [...from.querySelectorAll(s)];

const fold = text =>
  text
    .normalize('NFKD')
    .replace(/\p{M}|ـ/gu, '')
    .toLowerCase()
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ى/g, 'ي')
    .replace(/ة/g, 'ه');
const matches = (text, q) => fold(q).split(/\s+/).every(word => fold(text).includes(word));

export const palette = (input, { reach, recent }) => {
  const list = $('#hits'),
    say = $('#hits-said'),
    words = list.dataset;
  let before = null,
    asked = 0,
    timer,
    pending = Promise.resolve();
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
    'aria-haspopup': 'listbox',
  }))
    input.setAttribute(name, value);

  const items = () => $$('[role=option]', list),
    active = () => $('[aria-selected=true]', list);
  const mark = item => {
    active()?.setAttribute('aria-selected', 'false');
    if (!item) return input.removeAttribute('aria-activedescendant');
    item.setAttribute('aria-selected', 'true');
    item.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', item.id);
  };
  const close = () => {
    clearTimeout(timer);
    asked++;
    list.hidden = true;
    say.textContent = '';
    input.setAttribute('aria-expanded', 'false');
    mark(null);
  };
  const leave = () => {
    close();
    input.value = input.defaultValue;
    if (before?.isConnected && before !== document.body) before.focus({ preventScroll: true });
    else input.blur();
  };

  // ---- What this page and the navigation offer
  const group = (label, entries) => {
    const part = document.createElement('div');
    part.setAttribute('role', 'group');
    part.setAttribute('aria-label', label);
    for (const { text, key, href, act } of entries) {
      const option = document.createElement(href ? 'a' : 'div');
      option.setAttribute('role', 'option');
      if (href) [option.href, option.tabIndex] = [href, -1];
      else option.act = act;
      option.append(Object.assign(document.createElement('span'), { textContent: text, dir: 'auto' }));
      if (key) option.append(Object.assign(document.createElement('kbd'), { textContent: key }));
      part.append(option);
    }
    return entries.length ? [part] : [];
  };
  const textOf = el => {
    const heading = document.getElementById(el.getAttribute('aria-labelledby')) ?? el.labels?.[0] ?? el;
    return (el.getAttribute('title')?.replace(/ \(.\)$/, '') ?? heading.textContent).trim();
  };
  const acts = css =>
    $$(css).map(el => ({ text: textOf(el), key: el.getAttribute('aria-keyshortcuts'), act: () => reach(el) }));
  const here = () => [
    ...acts('#main :is(.moves > .move > summary, [aria-keyshortcuts])'),
    ...$$('#main .head a.btn:not([aria-keyshortcuts])')
      .filter(a => a.pathname !== '/transactions/new')
      .map(a => ({ text: textOf(a), href: a.href })),
    ...acts('#main .moves .menu .move > summary'),
  ];
  const pages = () => [
    ...(words.make ? [{ text: words.make, key: 'n', href: '/transactions/new' }] : []),
    ...$$('.side li a').map(a => ({ text: a.title || textOf(a), href: a.href })),
    ...$$('.top .menu li > a').map(a => ({ text: textOf(a), href: a.href })),
    ...$$('.top .menu li > button').map(b => ({ text: textOf(b), act: () => b.click() })),
  ];

  const ask = async () => {
    const mine = ++asked,
      q = input.value === input.defaultValue ? '' : input.value.trim(),
      url = new URL('/transactions/suggestions', location);
    url.searchParams.set('q', q);
    if (!q) url.searchParams.set('recent', recent().join(','));
    let found = [],
      said = '';
    try {
      const answer = q || recent().length ? await fetch(url, { headers: { 'HX-Request': 'true' } }) : null;
      if (answer && (!answer.ok || answer.redirected)) throw new Error();
      const page = new DOMParser().parseFromString(answer ? await answer.text() : '', 'text/html');
      found = $$('[role=group]', page);
      said = found[0]?.dataset.said ?? $('p', page)?.textContent ?? '';
    } catch {
      said = document.documentElement.dataset.offline;
    }
    if (mine !== asked) return;
    const wanted = entries => entries.filter(e => e.text && (!q || matches(e.text, q))),
      chosen = active(),
      own = [...group(words.here, wanted(here()).slice(0, 12)), ...group(words.pages, wanted(pages()).slice(0, 16))];
    list.replaceChildren(...found, ...own);
    items().forEach((o, i) => {
      o.id = 'hit-' + i;
      o.setAttribute('aria-selected', 'false');
    });
    list.hidden = !items().length;
    say.textContent = said;
    say.classList.toggle('vh', !list.hidden);
    input.setAttribute('aria-expanded', String(!list.hidden));
    // What somebody has reached by the arrows stays reached when a late answer comes.
    const same = o => (o.href ? o.href === chosen.href : o.textContent === chosen.textContent);
    mark((chosen && items().find(same)) ?? $('.exact', list));
  };
  const show = () => (pending = ask());
  const go = option => {
    const href = option.getAttribute('href');
    close();
    input.value = input.defaultValue;
    if (href) location.assign(href);
    else {
      input.blur();
      option.act();
    }
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    pending = new Promise(done => (timer = setTimeout(() => ask().finally(done), 150)));
  });
  input.addEventListener('focus', e => {
    before = e.relatedTarget ?? before;
    if (list.hidden) show();
  });
  input.addEventListener('click', () => list.hidden && show());
  list.addEventListener('mousedown', e => e.preventDefault());
  list.addEventListener('click', e => {
    const option = e.target.closest('[role=option]');
    if (!option || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    go(option);
  });
  input.addEventListener('blur', () => close());
  input.addEventListener('keydown', async e => {
    if (e.isComposing) return;
    if (e.key === 'Escape' || ((e.ctrlKey || e.metaKey) && e.code === 'KeyK')) {
      e.preventDefault();
      e.stopPropagation();
      leave();
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (list.hidden) await show();
      const all = items(),
        by = e.key === 'ArrowDown' ? 1 : -1,
        at = all.indexOf(active());
      if (all.length) mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
    } else if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      let was;
      if (!active()) {
        // Typed faster than the answer came.
        do await (was = pending);
        while (was !== pending);
      }
      if (active()) go(active());
      else if (input.value.trim()) input.form.requestSubmit();
    }
  });
  const start = from => {
    before = from;
    if (document.activeElement === input) show();
  };
  return { start };
};
