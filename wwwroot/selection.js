// Chosen rows of the register. They outlast paging, sorting and a step back: the tab keeps them, for one person and one
// filter. Without this file the boxes of a page are posted as they are. list.js loads it where it is needed.
(() => {
  'use strict';
  const $ = (s, from = document) => from.querySelector(s),
    $$ = (s, from = document) => [...from.querySelectorAll(s)],
    on = (type, fn, capture) => document.addEventListener(type, fn, capture),
    [kept, place] = ['mdc.chosen', 'mdc.place'];
  const store = {
    get(key) {
      try {
        return JSON.parse(sessionStorage.getItem(key));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value) sessionStorage.setItem(key, JSON.stringify(value));
        else sessionStorage.removeItem(key);
      } catch {
        /* The browser keeps nothing. */
      }
    },
  };
  const picks = () => $$('#list tbody .pick input'),
    whole = () => $('#bulk [name=all]'),
    list = () => document.documentElement.dataset.person + $('#transactions')?.dataset.list;
  let [chosen, isAll, last, shift] = [new Set(), false, null, false];

  const read = () => {
    const was = store.get(kept);
    [chosen, isAll] = was?.list === list() ? [new Set(was.numbers), was.all] : [new Set(), false];
    show();
  };
  const keep = () => {
    store.set(kept, { list: list(), numbers: [...chosen], all: isAll });
    show();
  };
  const show = () => {
    const bar = $('#bulk');
    if (!bar) return;
    const all = picks(),
      box = $('[data-all]'),
      here = all.filter(p => isAll || chosen.has(p.value)).length;
    all.forEach(p => {
      p.checked = isAll || chosen.has(p.value);
      p.closest('tr').classList.toggle('on', p.checked);
    });
    bar.classList.toggle('any', isAll || chosen.size > 0);
    $('[data-count]', bar).textContent = isAll ? whole().dataset.total : chosen.size;
    if (whole()) whole().checked = isAll;
    if (box) {
      box.checked = here > 0 && here === all.length;
      box.indeterminate = here > 0 && !box.checked;
    }
  };
  const put = (p, to) => (to ? chosen.add(p.value) : chosen.delete(p.value));

  for (const type of ['pointerdown', 'keydown']) on(type, e => (shift = e.shiftKey), true);
  on('change', e => {
    const t = e.target,
      all = picks();
    if (t === whole()) isAll = t.checked;
    else if (t.matches('[data-all], #list .pick input')) {
      // One that is taken out of all leaves those of this page.
      if (isAll) all.forEach(p => put(p, true));
      isAll = false;
      const [from, to] = [all.indexOf(last), all.indexOf(t)].sort((a, b) => a - b);
      if (t.matches('[data-all]')) all.forEach(p => put(p, t.checked));
      else if (shift && from >= 0) all.slice(from, to + 1).forEach(p => put(p, t.checked));
      else put(t, t.checked);
      last = t;
    } else return;
    keep();
  });

  // ---- What is on other pages goes along
  on(
    'click',
    e => {
      const t = e.target;
      if (t.closest?.('#bulk button[name]')) {
        const bar = $('#bulk'),
          here = new Set(picks().map(p => p.value));
        $$('[data-far]', bar).forEach(i => i.remove());
        for (const value of chosen)
          if (!here.has(value)) {
            const input = Object.assign(document.createElement('input'), { type: 'hidden', name: 'numbers', value });
            input.dataset.far = '';
            bar.append(input);
          }
      } else if (t.closest?.('[data-unpick]')) {
        [chosen, isAll] = [new Set(), false];
        keep();
        $('#rows')?.focus({ preventScroll: true });
      } else if (t.closest?.('#bulk-dialog [data-back]')) {
        e.preventDefault();
        $('#bulk-dialog').close();
      }
    },
    true,
  );

  // ---- The question comes as a dialog; after the act the list is where it was
  on('htmx:after:swap', () => {
    const dialog = $('#bulk-dialog');
    if (dialog?.childElementCount && !dialog.open && dialog.querySelector('#bulk-ask:not([data-seen])')) {
      $('#bulk-ask', dialog).dataset.seen = '';
      dialog.showModal();
      $('select, textarea, input:not([type=hidden])', dialog)?.focus();
    } else read();
  });
  on('submit', e => {
    if (!e.target.closest('#bulk-ask')) return;
    store.set(kept, null);
    store.set(place, { url: location.href, y: scrollY });
  });
  const back = store.get(place);
  if (back?.url === location.href) {
    scrollTo(0, back.y);
    $('#rows')?.focus({ preventScroll: true });
  }
  store.set(place, null);
  // Browsers put boxes back, and people are faster than this file.
  const begin = () => {
    const ticked = picks().filter(p => p.checked || $('[data-all]')?.checked);
    read();
    if (!isAll) ticked.forEach(p => put(p, true));
    last = ticked.at(-1);
    keep();
  };
  addEventListener('pageshow', begin);
  begin();
})();
