// The register after a swap: says what came, and leaves the focus and the place where the person was. The page works
// without it.
(() => {
  'use strict';
  const $ = (s, from = document) => from.querySelector(s),
    $$ = (s, from = document) => [...from.querySelectorAll(s)];
  const on = (type, fn, capture) => document.addEventListener(type, fn, capture);

  // ---- Who chooses rows, or has chosen some, needs the module for it
  const { choose } = document.currentScript.dataset;
  const need = e => {
    if (!e || e.target.closest?.('#list .pick')) {
      for (const type of ['pointerover', 'focusin', 'change']) document.removeEventListener(type, need);
      import(choose);
    }
  };
  for (const type of ['pointerover', 'focusin', 'change']) on(type, need);
  addEventListener('pageshow', () => {
    try {
      if ($('#list .pick :checked') || sessionStorage['mdc.chosen'] || sessionStorage['mdc.place']) need();
    } catch {
      /* The browser keeps nothing. */
    }
  });

  // ---- Focus: the same thing on the new list, by its id; after paging, the table from its top
  let had = null;
  on('htmx:before:swap', e => {
    const from = e.detail?.ctx?.sourceElement,
      active = document.activeElement;
    // After the swap htmx names what came in place of what asked.
    had = from?.closest?.('#transactions') &&
      !from.closest('[hx-target]:not([hx-target="#transactions"])') && {
        isPaging: from.closest('.pager'),
        menu: active?.closest('.facet[open]')?.id,
        value: active?.value,
        id: active?.closest('#transactions') && active.closest('[id]').id,
        at: active?.matches('input[type=search]') ? active.selectionStart : null,
      };
  });
  on('htmx:after:swap', () => {
    const list = $('#transactions');
    if (!had || !list) return;
    $('#said').textContent = list.dataset.said;
    const rows = $('#rows'),
      same = had.id && document.getElementById(had.id);
    if (had.menu) {
      const menu = document.getElementById(had.menu);
      if (menu) {
        menu.dataset.value = had.value;
        menu.open = true;
      }
    } else if (had.isPaging) {
      rows?.focus({ preventScroll: true });
      list.scrollIntoView({ block: 'start' });
    } else if (same && same !== list) {
      same.focus({ preventScroll: true });
      if (had.at !== null) same.setSelectionRange?.(had.at, had.at);
    } else if (document.activeElement === document.body) (rows ?? $('#filter-q'))?.focus({ preventScroll: true });
    had = null;
  });

  // ---- Menus of filters: numbers come when one is opened; a tick is applied at once, and the menu stays open
  on(
    'toggle',
    async e => {
      const menu = e.target;
      if (!menu.matches?.('.facet[data-counts]') || !menu.open) return;
      for (const other of $$('.facet[open]')) if (other !== menu) other.open = false;
      const value = menu.dataset.value,
        choose = () => value && $(`input[value="${CSS.escape(value)}"]`, menu)?.focus({ preventScroll: true });
      choose();
      try {
        const answer = await fetch(menu.dataset.counts, { headers: { 'HX-Request': 'true' } });
        if (!answer.ok || answer.redirected || !menu.isConnected) return;
        const ticked = new Set($$('input:checked', menu).map(i => i.value)),
          at = document.activeElement?.value,
          isIn = menu.contains(document.activeElement),
          next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('ul');
        $$('input', next).forEach(i => (i.checked = ticked.has(i.value)));
        $('ul', menu).replaceWith(next);
        if (isIn && at) $(`input[value="${CSS.escape(at)}"]`, menu)?.focus({ preventScroll: true });
      } catch {
        /* Without numbers it works all the same. */
      }
    },
    true,
  );
  on('change', e => {
    if (e.target.matches('.facet [data-pick]')) e.target.form.requestSubmit();
  });

  // ---- Height of the rows: at once; the post keeps it
  on(
    'submit',
    e => {
      const f = e.target,
        to = e.submitter?.value;
      if (f.id !== 'density' || !to) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      $('#list').dataset.density = to;
      $$('[form=density]').forEach(b => b.setAttribute('aria-pressed', b.value === to));
      fetch(f.action, { method: 'POST', body: new FormData(f, e.submitter), headers: { 'HX-Request': 'true' } }).catch(
        () => {},
      );
    },
    true,
  );
})();
