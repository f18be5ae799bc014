// Nothing typed is lost. Forms go through htmx; what keeps one from being taken is said beside its button, where it can
// be sent again. Until it is taken, what is typed is kept in this tab too, for this person and this very form. Without
// this file forms are plain posts, and KeptForm.cs keeps what it can. [data-plain]: neither kept nor sent this way.
// [data-open]: may be sent while the system is read-only.
(() => {
  'use strict';
  const root = document.documentElement,
    $ = (s, from = document) => from.querySelector(s),
    $$ = (s, from = document) => [...from.querySelectorAll(s)],
    on = (type, fn, capture) => document.addEventListener(type, fn, capture);
  const { person, offline, failed, locked } = root.dataset,
    model = $('#kept-model'),
    here = `typed:${person}:${location.pathname} `;
  let store = null;
  try {
    store = sessionStorage;
  } catch {
    /* The browser keeps nothing; the form itself still does. */
  }
  const isOurs = f => f?.matches?.('form[method=post]:not([data-plain], [data-passkey])'),
    ours = from => $$('form[method=post]', from).filter(isOurs);
  const focus = el => {
    if (!el) return;
    if (!el.matches('a[href], button, input, select, textarea')) el.tabIndex = -1;
    el.focus({ preventScroll: el.matches('h1, h2') });
  };

  // ---- What is typed: [name, control] of each field that may be kept. Passwords, codes and files never are
  const isBox = c => /^(checkbox|radio)$/.test(c.type),
    isText = c => c.matches('textarea, input') && !isBox(c);
  const cells = f => {
    const seen = {},
      no = '[type=hidden], [type=password], [type=file], [type=submit], [autocomplete=one-time-code], [readonly]';
    return [...f.elements]
      .filter(c => c.name && c.matches('input, select, textarea') && !c.matches(no))
      .map(c => {
        const name = isBox(c) ? `${c.name}=${c.value}` : c.name;
        seen[name] = (seen[name] ?? 0) + 1;
        return [`${name}#${seen[name]}`, c];
      });
  };
  const now = c => (isBox(c) ? c.checked : c.value);
  const first = c =>
    isBox(c)
      ? c.defaultChecked
      : c.options
        ? (([...c.options].find(o => o.defaultSelected) ?? c.options[0])?.value ?? '')
        : c.defaultValue;
  const key = f =>
    here +
    [
      f.getAttribute('action'),
      ...$$('input[type=hidden]', f)
        .filter(i => !/^(__RequestVerificationToken|__Once|version|original|returnUrl)$/.test(i.name))
        .map(i => i.value),
    ].join(' ');

  // The fields as they were when the page came: an answer that shows the form again has what was typed in them.
  const bases = {};
  const baseOf = f => (bases[key(f)] ??= Object.fromEntries(cells(f).map(([n, c]) => [n, first(c)])));
  const keep = f => {
    if (!person || !store) return;
    const base = baseOf(f),
      typed = cells(f)
        .map(([n, c]) => [n, now(c), base[n] ?? first(c), isText(c)])
        .filter(([, value, was]) => value !== was);
    // What was sent may have arrived, also when the page is loaded again.
    if (typed.length && 'sent' in f.dataset) typed.push(['__Once', f.elements.__Once?.value]);
    try {
      if (typed.length) store.setItem(key(f), JSON.stringify(typed));
      else store.removeItem(key(f));
    } catch {
      /* Full. */
    }
  };
  const kept = k => JSON.parse(store?.getItem(k) ?? '[]');
  const set = pairs =>
    pairs.forEach(([c, value]) => {
      if (isBox(c)) c.checked = value;
      else c.value = value;
      c.dispatchEvent(new Event('input', { bubbles: true }));
    });

  // ---- A notice beside the form's buttons, or on top where the form has no room for one
  const say = (f, text, acts, texts = []) => {
    const box = model.content.firstElementChild.cloneNode(true),
      isShown = f && cells(f).length && !f.closest('details:not([open])'),
      row = isShown && $$('.bar-foot, .acts', f).pop();
    $('p', box).replaceWith(...[text].flat());
    for (const t of texts) {
      const area = $('textarea', box).cloneNode();
      [area.hidden, area.value] = [false, t];
      $('.acts', box).before(area);
    }
    $('textarea', box).remove();
    $$('[data-act]', box).forEach(b => {
      const act = acts[b.dataset.act];
      if (!act) b.remove();
      else
        b.addEventListener('click', () =>
          // Later: whoever else hears of the click still asks where it was.
          setTimeout(() => {
            if (b.dataset.act !== 'copy') box.remove();
            act();
          }),
        );
    });
    if (isShown) for (const old of $$('.kept', f)) old.remove();
    // What comes back in a long form is said where it begins; what went wrong, where it was sent.
    if (!acts.again && row?.matches('.bar-foot')) f.prepend(box);
    else if (row) row.before(box);
    else if (isShown) f.append(box);
    else $('#notices').append(box);
    return box;
  };
  const line = text => Object.assign(document.createElement('p'), { textContent: text });
  const copy = texts => async () => {
    try {
      await navigator.clipboard.writeText(texts.join('\n\n'));
      document.dispatchEvent(new CustomEvent('toast', { detail: { text: model.dataset.copied } }));
    } catch {
      $('.kept textarea')?.select();
    }
  };

  // ---- What was kept comes back: by itself after a reload, a step back or signing in; else it is offered
  const restore = (f, fill, isAnswer) => {
    baseOf(f);
    const k = key(f),
      known = Object.fromEntries(cells(f)),
      [back, lost] = [[], []];
    for (const [n, value, was, isWritten] of kept(k)) {
      if (n === '__Once' && f.elements.__Once) [f.elements.__Once.value, f.dataset.sent] = [value, ''];
      const c = known[n];
      if (c && (now(c) === value || first(c) === value)) continue;
      if (c && (f.matches('[data-keep]') || first(c) === was)) back.push([c, value]);
      else if (isWritten && value && !isAnswer) lost.push(value);
    }
    const texts = [...back.filter(([c, v]) => isText(c) && v).map(([, v]) => v), ...lost],
      drop = () => {
        store.removeItem(k);
        set(back.map(([c]) => [c, first(c)]));
      };
    if (!back.length && !lost.length) return;
    if (!fill) {
      say(f, line(model.dataset.offer), { back: () => open(f, back), drop }, texts);
      return;
    }
    open(f, back);
    if (lost.length) say(f, line(model.dataset.changed), { copy: copy(lost), drop }, lost);
    else if (!isAnswer && fill !== 'quietly') say(f, line(model.dataset.restored), { drop });
  };
  const open = (f, back) => {
    for (let d = f.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
    set(back);
  };
  const arrive = () => {
    if (!person || !store) return;
    const came = performance.getEntriesByType('navigation')[0]?.type !== 'navigate',
      from = document.referrer && new URL(document.referrer).pathname,
      fill = came || from === location.pathname || from.startsWith('/signin');
    // Other tabs go on where the session had ended.
    if (from.startsWith('/signin')) localStorage.setItem('mdc.in', `${person} ${Date.now()}`);
    for (const k of Object.keys(store))
      if (k.startsWith('typed:') && !k.startsWith(`typed:${person}:`)) store.removeItem(k);
    ours().forEach(f => restore(f, fill));
    homeless(k => k.startsWith(here));
  };
  addEventListener('storage', e => {
    if (e.key !== 'mdc.in' || e.newValue?.split(' ')[0] !== person) return;
    for (const box of $$('.kept[data-out]')) ($('[data-act=again]', box) ?? box).click();
  });
  // What was typed into a form that this page has not.
  const homeless = isMeant => {
    const there = ours().map(key);
    for (const k of Object.keys(store ?? {})) {
      if (!isMeant(k) || there.includes(k)) continue;
      const shown = $$('input, textarea').map(c => c.value),
        texts = kept(k)
          .filter(([, v, , isWritten]) => isWritten && v && !shown.includes(v))
          .map(([, v]) => v),
        drop = () => store.removeItem(k);
      if (texts.length) say(null, line(model.dataset.gone), { copy: copy(texts), drop }, texts);
    }
  };
  for (const type of ['input', 'change'])
    on(type, e => {
      const f = e.target.form;
      if (!isOurs(f)) return;
      keep(f);
      // A form that is opened again by its own address finds its own draft.
      if (f.dataset.address) history.replaceState(history.state, '', f.dataset.address);
    });

  // ---- Sending
  const refuse = ({ f, by, quiet }, answer, status, once) => {
    const said = status ? $('.say > div', new DOMParser().parseFromString(answer, 'text/html')) : null,
      isOut = [403, 404, 410].includes(status),
      texts = cells(f)
        .filter(([, c]) => isText(c) && c.value)
        .map(([, c]) => c.value),
      isAgain = !quiet && (!status || once || [400, 401, 408, 429].includes(status) || status >= 500);
    if (quiet && $('.kept', f)) return;
    // It was carried out with what was typed before: what is typed now is another form.
    if (once) f.elements.__Once.value = once.value;
    if (f.matches('[data-guard]')) f.dataset.dirty = '1';
    const box = say(
      f,
      [
        ...(said ? [...said.childNodes] : [line(status ? failed : answer)]),
        ...(isOut && texts.length ? [line(model.dataset.lost)] : []),
      ],
      { again: isAgain && (() => post(f, by)), copy: isOut && texts.length && copy(texts) },
    );
    box.classList.add('bad');
    box.setAttribute('role', 'alert');
    if (status === 401) box.dataset.out = '';
    if (quiet) box.dataset.unasked = '';
    else focus(box);
  };
  const taken = ({ f, of, key: k }) => {
    store?.removeItem(k);
    if (of) store?.removeItem(of);
    const section = f.closest('[aria-labelledby]')?.getAttribute('aria-labelledby') ?? '';
    store?.setItem('left', JSON.stringify([location.pathname, scrollY, section]));
  };
  const post = async (f, by, isSecond) => {
    if ('sending' in f.dataset) return;
    f.dataset.sent = '';
    keep(f);
    // A draft on its way would outlive what becomes of the form.
    htmx.trigger(f, 'htmx:abort');
    f.dataset.sending = '';
    const sent = { f, by, isSecond, key: key(f), of: f.closest('#main')?.dataset.of };
    await htmx.ajax('POST', f.getAttribute('action'), {
      source: by ?? $('button:not([type=button]), [type=submit]', f) ?? f,
      event: { submitter: by },
      target: '#main',
      select: '#main',
      swap: 'outerHTML',
      sent,
    });
    if (!sent.left) delete f.dataset.sending;
    if (sent.again) await post(f, by, true);
  };
  const sentBy = ctx =>
    ctx?.sent ?? (ctx?.sourceElement?.matches?.('form[data-keep]') ? { f: ctx.sourceElement, quiet: true } : null);
  on('submit', e => {
    const f = e.target;
    if (f.getAttribute('action') === '/signout')
      for (const k of Object.keys(store ?? {})) if (k.startsWith('typed:')) store.removeItem(k);
    if (e.defaultPrevented || !isOurs(f) || !window.htmx) return;
    e.preventDefault();
    post(f, e.submitter);
  });
  on(
    'htmx:before:request',
    e => {
      if (e.target.matches?.('form[data-sending]')) e.preventDefault();
    },
    true,
  );
  on('htmx:before:response', e => {
    const { ctx } = e.detail;
    // What a page sends by itself never takes somebody away from it.
    if (ctx.response.status === 401 && ctx.sourceElement.closest?.('[data-quiet]')) delete ctx.hx.redirect;
    if (!ctx.sent || !ctx.response.raw.redirected) return;
    e.preventDefault();
    ctx.sent.left = true;
    location.assign(ctx.response.raw.url);
  });
  on('htmx:after:request', e => {
    const { ctx } = e.detail,
      sent = sentBy(ctx),
      status = ctx.response.status;
    if (!sent) return;
    const { token, once } = ctx.hx.trigger?.startsWith('{') ? JSON.parse(ctx.hx.trigger) : {};
    if (token && !sent.quiet) {
      sent.again = token.person === (person ?? '') && !sent.isSecond;
      if (!sent.again) refuse(sent, token.text);
    } else if (status >= 400 && !/<main\b/.test(ctx.text)) {
      e.preventDefault();
      refuse(sent, ctx.text, status, once);
    } else if (sent.quiet && status === 200) {
      $('.kept[data-unasked]', sent.f)?.remove();
      store?.removeItem(key(sent.f));
    } else if (sent.quiet) return;
    else if (status < 400 && !ctx.response.headers.get('X-Unsaved')) taken(sent);
    if (ctx.hx.redirect) sent.left = true;
  });
  on('htmx:error', e => {
    const sent = sentBy(e.detail?.ctx);
    if (sent) refuse(sent, navigator.onLine ? failed : offline);
  });
  on('refused', ({ target: f, detail: d }) => refuse({ f, by: d.by }, d.text, d.status, d.once));
  on('htmx:before:swap', e => {
    if (!e.detail.ctx.sent) return;
    // It runs already, and finds its way in the new page.
    e.detail.tasks.forEach(t => $$('script[data-live]', t.fragment).forEach(s => s.remove()));
    // Of those that share a name the browser lets only one be open, and the new one comes before the old one goes.
    $$('#main details[name][open]').forEach(d => (d.open = false));
  });
  on('htmx:after:swap', e => {
    lock();
    const { sent } = e.detail.ctx;
    if (!sent) return;
    const main = $('#main');
    main.dataset.of = sent.of ?? sent.key;
    ours(main).forEach(f => restore(f, 'quietly', key(f) === sent.key));
    homeless(k => k === sent.key && e.detail.ctx.response.status >= 400);
    scrollTo(0, 0);
    focus($('[aria-invalid=true]', main) ?? $('[role=alert]', main) ?? $('h1', main));
  });
  addEventListener('pageshow', e => {
    if (e.persisted) $$('[data-sending]').forEach(f => delete f.dataset.sending);
  });

  // ---- Read-only: nothing can be sent, and the reason stands beside the button
  const lock = () => {
    if (!locked) return;
    const isOpen = root.dataset.lock === 'work' ? '[data-open]' : '[data-open=always]';
    for (const f of $$(`form[method=post]:not(${isOpen}, [data-locked])`)) {
      f.dataset.locked = '';
      for (const b of f.elements)
        if (b.type === 'submit') {
          b.disabled = true;
          b.title = locked;
        }
      if (cells(f).length) $$('.bar-foot, .acts', f).pop()?.before(Object.assign(line(locked), { className: 'hint' }));
    }
  };
  lock();

  // ---- After a post: the result is said once the page is there, and one goes on where one was
  const result = $('#toasts > .toast'),
    [path, top, section] = JSON.parse(store?.getItem('left') ?? '[]');
  store?.removeItem('left');
  if (result) {
    result.remove();
    result.removeAttribute('autofocus');
    setTimeout(() => $('#toasts').append(result), 150);
    if (path === location.pathname) scrollTo(0, top);
    if (!$('[aria-invalid=true]')) focus((path === location.pathname && document.getElementById(section)) || $('h1'));
  }
  arrive();
})();
