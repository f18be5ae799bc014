// Enhancements only: every page works without this file.
(() => {
  'use strict';
  const { pick, palette, walk } = document.currentScript.dataset,
    root = document.documentElement,
    $ = (s, from = document) => from.querySelector(s),
    $$ = (s, from = document) => [...from.querySelectorAll(s)];
  const on = (type, fn, capture) => document.addEventListener(type, fn, capture);
  root.classList.add('js');

  // ---- Toasts: HX-Trigger {"toast":{"text":"Saved","kind":"ok|warn|bad","undo":"/url"}} or window.toast('Saved')
  const toast = (text, kind = 'ok') => {
    const box = $('#toasts'),
      item = $('#toast-model')?.content.firstElementChild.cloneNode(true);
    if (!box || !item || !text) return;
    item.classList.add(kind);
    $('span', item).textContent = text;
    box.append(item);
    fade(item);
  };
  const fade = item => {
    if (item.classList.contains('bad')) return; // errors stay until closed
    let timer;
    // An undo is offered for ten seconds.
    const start = () => (timer = setTimeout(() => item.remove(), $('form', item) ? 10000 : 6000)),
      stop = () => clearTimeout(timer);
    start();
    for (const e of ['mouseenter', 'focusin']) item.addEventListener(e, stop);
    for (const e of ['mouseleave', 'focusout']) item.addEventListener(e, start);
  };
  on('toast', e => toast(e.detail?.text ?? e.detail?.value, e.detail?.kind));

  // ---- The token of this page's forms was no longer good: HX-Trigger {"token":{"value":"…"}} brings a new one
  on('token', e => {
    const token = e.detail?.value;
    if (!token) return;
    $$('[name=__RequestVerificationToken]').forEach(i => (i.value = token));
    document.body.setAttribute('hx-headers:inherited', JSON.stringify({ RequestVerificationToken: token }));
  });

  // ---- Progress bar for requests slower than 150 ms; real progress for files is in upload.js
  let open = 0,
    slow;
  const busy = n => {
    open = Math.max(0, open + n);
    clearTimeout(slow);
    if (open) slow = setTimeout(() => root.classList.add('busy'), 150);
    else root.classList.remove('busy');
  };
  const quiet = e => e.detail?.ctx?.sourceElement?.closest?.('[data-quiet]');
  on('htmx:before:request', e => {
    if (!quiet(e)) busy(1);
  });
  on('htmx:finally:request', e => {
    if (!quiet(e)) busy(-1);
  });
  on('htmx:error', e => {
    const { ctx } = e.detail ?? {};
    if (!navigator.onLine && !ctx?.sent && !quiet(e)) toast(root.dataset.offline, 'bad');
  });
  addEventListener('pageshow', e => {
    if (e.persisted) {
      open = 0;
      busy(0);
    }
  });

  // ---- After a form was answered: the first wrong field gets the focus (not when one field checks itself)
  const settle = from => {
    if (from) $('[aria-invalid="true"]', from)?.focus();
    const many = $$('select[data-search]:not([hidden])'),
      checked = $('form[data-check]:not([data-checks])');
    const ready = many[0] ? import(pick).then(m => many.forEach(m.pick)) : Promise.resolve();
    if (checked) {
      checked.dataset.checks = '';
      ready.then(() => import(checked.dataset.check)).then(m => m.check(checked));
    }
    $$('.toast:not([data-seen])').forEach(t => {
      t.dataset.seen = '';
      fade(t);
    });
  };
  on('htmx:after:swap', e =>
    settle(e.detail?.ctx?.sourceElement?.matches?.('form:not([data-quiet]), [type=submit], button') && document),
  );

  // ---- Rows: j/k; selection.js chooses them
  on('change', e => {
    if (e.target.matches('[data-auto]')) e.target.form?.requestSubmit();
  });
  const row = () => document.activeElement?.closest?.('.list tbody tr');
  const steps = () => (row() ? $$('[data-verb]', row()) : $$('.moves > .move > summary')).filter(b => b.offsetParent);
  const step = by => {
    const rows = $$('.list tbody tr'),
      at = rows.indexOf(row()),
      next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (next) {
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: 'nearest' });
    }
  };

  // ---- Keyboard. Letters go by their place where the keyboard is Arabic
  const keyOf = e => {
    if (/^[ -~]+$/.test(e.key)) return e.key.length > 1 || e.shiftKey ? e.key : e.key.toLowerCase();
    if (e.code === 'Slash') return e.shiftKey ? '?' : '/';
    return /^(Key|Digit)/.test(e.code) && !e.shiftKey ? e.code.at(-1).toLowerCase() : e.key;
  };
  const stored = (name, value) => {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  if ($('[data-keys]')) $('[data-keys]').checked = stored('keys') !== 'off';
  on('change', e => {
    if (e.target.matches('[data-keys]')) stored('keys', e.target.checked ? 'on' : 'off');
  });
  const enter = d => $('textarea, input:not([type=hidden]), select', d)?.focus();
  // What a key leads to: [aria-keyshortcuts] stands at a button that is pressed, a field or the box around it.
  let reached;
  const reach = el => {
    const d = el.matches('summary') && el.parentElement;
    if (d) {
      if (!d.open) reached = d;
      for (let outer = d; outer; outer = outer.parentElement.closest('details')) outer.open = true;
      enter(d);
    } else if (el.matches('a, button')) el.click();
    else (el.matches('textarea') ? el : $('input:not([type=hidden]), select:not([hidden])', el))?.focus();
    el.scrollIntoView({ block: 'nearest' });
  };
  // Opened last in this browser.
  const recentKey = 'recent:' + root.dataset.person,
    recent = () => (stored(recentKey) ?? '').split(',').filter(Boolean),
    opened = location.pathname.match(/^\/transactions\/(TRX-[0-9-]+)$/)?.[1];
  if (opened && $('#timeline'))
    stored(recentKey, [opened, ...recent().filter(n => n !== opened)].slice(0, 8).join(','));

  // ---- Through the list that somebody came from
  if ($('#walk, .list')) import(walk).then(m => m.walk(opened, stored));
  const go = rel => {
    const way = $('#walk:not([hidden])');
    if (!way) step(rel === 'next' ? 1 : -1);
    else $(`[rel=${rel}][href]`, way)?.click();
  };
  let search;
  on('focusin', e => {
    const { mention } = e.target.dataset ?? {};
    if (mention && !e.target.mentions) {
      e.target.mentions = true;
      import(mention).then(m => m.mention(e.target));
    }
    if (e.target.id !== 'q') return;
    search ??= import(palette).then(m => m.palette(e.target, {
        reach,
        recent: () => recent().filter(n => n !== opened),
      }).start(e.relatedTarget));
  });
  const send = field => {
    const f = field.form;
    if (!f || f.method === 'dialog') return;
    const all = [...f.elements].filter(b => b.type === 'submit' && !b.disabled && b.offsetParent);
    f.requestSubmit(all.find(b => b.matches('.primary')) ?? all[0] ?? null);
  };
  const typing = t =>
    t.isContentEditable || (t.matches?.('input, select, textarea') && !/^(checkbox|radio|button|submit)$/.test(t.type));
  on('keydown', e => {
    const box = $('#q'),
      key = keyOf(e);
    if ((e.ctrlKey || e.metaKey) && key === 'Enter' && e.target.form) {
      e.preventDefault();
      send(e.target);
      return;
    }
    if ((e.ctrlKey || e.metaKey) && key === 'k' && box) {
      e.preventDefault();
      box.focus();
      box.select();
      return;
    }
    if (e.key === 'Escape') {
      const d = $$('details:is(.menu, .move)[open]').pop();
      if (d) {
        d.open = false;
        $('summary', d).focus();
      } else if (e.target === box) box.blur();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || $('dialog[open]')) return;
    if (key.length === 1 && stored('keys') === 'off') return;
    const keys = {
      '/': () => {
        box?.focus();
        box?.select();
      },
      j: () => go('next'),
      k: () => go('prev'),
      '?': () => $('#keys')?.showModal(),
      n: () => {
        const to = $('[data-new]')?.href ?? ($('#hits')?.dataset.make && '/transactions/new');
        if (to) location.assign(to);
      },
      x: () => row() && $('.pick input', row())?.click(),
      // The next steps of a row of one's work.
      ...Object.fromEntries([1, 2, 3, 4].map(n => [n, () => steps()[n - 1]?.click()])),
      Enter: () => e.target.matches('.list tbody tr') && $('.title a', e.target)?.click(),
    };
    const verb = /^[a-z]$/.test(key) && $$(`[aria-keyshortcuts="${key}"]`).find(el => el.offsetParent);
    if (keys[key] || verb) {
      if (key !== 'Enter' || e.target.matches('.list tbody tr')) e.preventDefault();
      verb ? reach(verb) : keys[key]();
    }
  });

  // ---- Clicks
  on('click', async e => {
    const t = e.target,
      hit = s => t.closest?.(s);
    $$('details:is(.menu, .move)[open]').forEach(d => {
      if (!d.contains(t)) d.open = false;
    });
    let el;
    if ((el = hit('[data-dialog]'))) {
      const d = $(el.dataset.dialog);
      if (d?.showModal) {
        e.preventDefault();
        d.showModal();
      }
    } else if ((el = hit('[data-close]'))) {
      e.preventDefault();
      (el.closest('dialog') ?? el.closest('.menu, .move'))?.close?.();
      const d = el.closest('details');
      if (d) d.open = false;
    } else if (t.nodeName === 'DIALOG' && t.hasAttribute('data-light')) t.close();
    else if ((el = hit('[data-dismiss]'))) el.closest('.toast, .say')?.remove();
    else if ((el = hit('[data-print]'))) {
      e.preventDefault();
      print();
    } else if ((el = hit('[data-copy]'))) {
      e.preventDefault();
      try {
        await navigator.clipboard.writeText(el.dataset.copy || $(el.dataset.from).value);
        toast(el.dataset.done);
      } catch {
        toast(el.dataset.failed, 'bad');
      }
    } else if ((el = hit('.list tbody tr')) && !hit('a, button, input, label, summary') && !String(getSelection())) {
      const a = $('.title a', el);
      if (e.metaKey || e.ctrlKey) open_(a);
      else a?.click();
    }
  });
  const open_ = a => a && window.open(a.href, '_blank', 'noopener');

  // ---- A move that needs a note: <details class="move" data-move>; its note takes the focus when it opens
  on(
    'toggle',
    e => {
      const d = e.target;
      // It comes late: whom a key led here may be elsewhere by now.
      if (d === reached) reached = null;
      else if (d.matches?.('[data-move]') && d.open && !$('form', d).contains(document.activeElement)) enter(d);
    },
    true,
  );

  on('submit', e => {
    if (e.target.getAttribute('action') === '/signout') stored(recentKey, '');
  });

  // ---- Theme: works as a form post; here it changes at once, and the post keeps it
  on(
    'submit',
    e => {
      const f = e.target,
        by = e.submitter;
      if (f.matches('[data-theme-form]') && by?.value) {
        e.preventDefault();
        const to = by.value,
          body = new FormData(f, by);
        if (to === 'system') delete root.dataset.theme;
        else root.dataset.theme = to;
        fetch(f.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } }).catch(() => {});
        $$('button', f)
          .find(b => b.offsetParent)
          ?.focus();
        return;
      }
      if (f.dataset.sure) delete f.dataset.sure;
      else if (f.matches('[data-ask]')) {
        const d = $(f.dataset.ask);
        if (d?.showModal) {
          e.preventDefault();
          e.stopImmediatePropagation();
          d.returnValue = '';
          d.showModal();
          d.addEventListener(
            'close',
            () => {
              if (d.returnValue === 'yes') {
                f.dataset.sure = '1';
                f.requestSubmit(by);
              }
            },
            { once: true },
          );
          return;
        }
      }
    },
    true,
  );

  // ---- Leaving a page with typed text that was not kept
  on('input', e => {
    const f = e.target.form;
    if (f?.matches('[data-guard]')) f.dataset.dirty = '1';
  });
  on(
    'submit',
    e => {
      delete e.target.dataset.dirty;
    },
    true,
  );
  addEventListener('beforeunload', e => {
    if ($('form[data-dirty]')) e.preventDefault();
  });

  // A page that a script of its own has brought.
  on('shown', e => settle(e.detail));
  settle(document);
})();
