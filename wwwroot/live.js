// Shows what others change while a page is open. Everything works without it. A part that somebody writes in, or that
// has the focus, is left alone.
(() => {
  'use strict';
  const me = document.currentScript.dataset,
    $ = (s, from = document) => from.querySelector(s),
    $$ = (s, from = document) => [...from.querySelectorAll(s)];
  const unattended = { 'X-Unattended': '1' },
    silence = 40_000,
    pollEvery = 15_000;
  let after = me.after,
    source = null,
    failures = 0,
    polls = 0,
    watchdog,
    timer;

  const get = async (url, headers) => {
    const answer = await fetch(url, { headers: { ...unattended, ...headers } });
    // Signed out, or no longer theirs: the next click says so.
    return answer.ok && !answer.redirected ? answer.text() : null;
  };
  const parse = html => new DOMParser().parseFromString(html, 'text/html');
  // Each page has its own token and keys in its forms.
  const plain = el => {
    const copy = el.cloneNode(true);
    $$('[name=__RequestVerificationToken], [name=__Once]', copy).forEach(t => t.remove());
    $$('[data-fresh]', copy).forEach(e => delete e.dataset.fresh);
    window.unpick?.(el, copy);
    return copy.innerHTML;
  };
  const shine = el => {
    delete el.dataset.fresh;
    void el.offsetWidth;
    el.dataset.fresh = '';
  };

  // ---- The list: lines that are shown change where they stand, cell by cell; new ones only announce themselves
  const heard = { changed: new Set(), fresh: new Set(), many: false };
  const line = number => document.getElementById('t-' + number);
  const rows = async () => {
    const box = $('#fresh'),
      ask = new URLSearchParams(location.search);
    if (!box) return;
    const fresh = new Set((box.dataset.numbers ?? '').split(' ').filter(Boolean)),
      changed = new Set(heard.changed),
      many = heard.many || box.dataset.many;
    heard.fresh.forEach(n => (line(n) ? changed : fresh).add(n));
    heard.changed.clear();
    heard.fresh.clear();
    heard.many = false;
    if (many || fresh.size > 100) {
      ask.set('many', '1');
      $$('.list tbody tr').forEach(tr => changed.add(tr.id.slice(2)));
    } else fresh.forEach(n => ask.append('fresh', n));
    [...changed]
      .filter(line)
      .slice(0, 100)
      .forEach(n => ask.append('shown', n));
    if (!ask.has('many') && !ask.has('fresh') && !ask.has('shown')) return;
    const html = await get('/transactions/changes?' + ask);
    if (html === null || !box.isConnected) return;
    const page = parse(html),
      news = $('.fresh', page),
      old = $('.fresh', box);
    for (const tr of $$('tr', page)) if (line(tr.id.slice(2))) renew(line(tr.id.slice(2)), tr);
    box.dataset.numbers = [...fresh].join(' ');
    if (many) box.dataset.many = '1';
    if (!news) old?.remove();
    else if (!old) box.append(news);
    else if (old.textContent !== news.textContent) {
      old.textContent = news.textContent;
      old.href = news.href;
    }
  };
  const renew = (tr, now) => {
    let differs = false;
    [...tr.cells].forEach((cell, i) => {
      const next = now.cells[i];
      if (!next || cell.innerHTML === next.innerHTML || cell.contains(document.activeElement)) return;
      cell.innerHTML = next.innerHTML;
      differs = true;
    });
    tr.classList.toggle('late', now.classList.contains('late'));
    if (differs) shine(tr);
  };
  let soon;
  const later = what => {
    clearTimeout(soon);
    soon = setTimeout(() => what().catch(() => {}), 300);
  };

  // ---- A transaction: each part by itself, but none that somebody is in
  let missed = false;
  const isTyped = c =>
    /^(checkbox|radio)$/.test(c.type)
      ? c.checked !== c.defaultChecked
      : c.options
        ? c.selectedIndex !==
          Math.max(
            0,
            [...c.options].findIndex(o => o.defaultSelected),
          )
        : c.value !== c.defaultValue;
  const inUse = part =>
    part.contains(document.activeElement) ||
    $('details[open]', part) ||
    $$('input, select, textarea', part).some(isTyped);
  const parts = async () => {
    const kind = $('#timeline select[name=kind]')?.value,
      html = await get(location.pathname + (kind ? '?kind=' + kind : ''));
    if (html === null) return;
    const page = parse(html),
      say = $('#meanwhile');
    let swapped = (missed = false);
    for (const part of $$('[data-part]')) {
      const next = $(`[data-part="${part.dataset.part}"]`, page);
      if (!next || plain(part) === plain(next)) continue;
      if (inUse(part)) {
        missed = true;
        continue;
      }
      part.replaceWith(next);
      window.htmx?.process(next);
      shine(next);
      swapped = true;
    }
    const text = !say ? '' : missed ? say.dataset.text : swapped ? say.dataset.said : '';
    if (text && say.textContent !== text) {
      say.textContent = text;
      say.className = missed ? 'say' : 'vh';
    }
  };
  // What was left alone comes when it is free again.
  document.addEventListener('focusout', () => {
    if (missed) later(parts);
  });
  document.addEventListener(
    'toggle',
    () => {
      if (missed) later(parts);
    },
    true,
  );

  // ---- An import: polls every second by itself; while there is a stream, that tells, and every third second is enough
  let floor;
  const run = async () => {
    const html = await get(location.pathname, { 'HX-Request': 'true', 'HX-Request-Type': 'partial' }),
      box = $('#import'),
      next = html && $('#import', parse(html));
    if (!next || !box) return;
    if (box.hasAttribute('hx-get') || (plain(box) !== plain(next) && !inUse(box))) {
      box.replaceWith(next);
      window.htmx?.process(next);
    }
    if (!next.matches('[hx-get], .waits')) drop(true);
  };
  document.addEventListener(
    'htmx:before:request',
    e => {
      if (source?.readyState !== 1 || e.target.id !== 'import') return;
      e.preventDefault();
      clearTimeout(floor);
      floor = setTimeout(act.import, 3_000);
    },
    true,
  );

  const change = () => ($('#transactions') ? later(rows) : $('[data-part]') && later(parts));
  const act = {
    beat() {},
    changed(numbers) {
      numbers.split(' ').forEach(n => heard.changed.add(n));
      change();
    },
    new(numbers) {
      numbers.split(' ').forEach(n => heard.fresh.add(n));
      change();
    },
    many() {
      heard.many = true;
      change();
    },
    import() {
      run().catch(() => {});
    },
    waiting(count) {
      badge('/users/pending', count);
    },
    imports(count) {
      badge('/transactions/imports', count);
      if ($('[data-part=waiting]')) later(parts);
    },
  };
  const badge = (href, count) => {
    const a = $(`.side a[href="${href}"]`);
    let n = a && $('.n', a);
    if (!a || count === '0') {
      n?.remove();
      return;
    }
    if (!n) {
      n = document.createElement('span');
      n.className = 'n';
      a.append(n);
    }
    const bdi = document.createElement('bdi');
    bdi.textContent = count;
    n.replaceChildren(bdi);
  };

  // ---- The stream; one that says nothing, or is refused again and again, is replaced by polling for a while
  const url = () => me.live + (after ? '&after=' + after : '');
  const drop = over => {
    clearTimeout(watchdog);
    clearTimeout(timer);
    source?.close();
    source = null;
    if (!over && $('#import[hx-get]')) run().catch(() => {});
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(failed, silence);
  };
  const failed = () => {
    failures++;
    drop();
    timer = setTimeout(connect, 2_000 * failures);
  };
  const connect = () => {
    if (source || document.hidden) return;
    if (failures > 2 || !window.EventSource) {
      poll();
      return;
    }
    source = new EventSource(url());
    for (const type of Object.keys(act))
      source.addEventListener(type, e => {
        after = e.lastEventId || after;
        failures = 0;
        watch();
        act[type](e.data);
      });
    // A broken line mends itself; a refusal does not.
    source.onerror = () => {
      if (source?.readyState === 2) failed();
    };
    watch();
  };
  const poll = async () => {
    try {
      const text = await get(url());
      if (text === null) return;
      for (const block of text.split('\n\n')) {
        const field = name => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
        after = field('id') ?? after;
        act[field('event')]?.(field('data'));
      }
    } catch {
      /* The next one. */
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (++polls % 20 === 0) {
        failures = 0;
        connect();
      } else if (!document.hidden) poll();
    }, pollEvery);
  };

  // A browser has six connections to a server without HTTP/2: a tab that nobody sees gives its own back.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => drop(true), 10_000);
    else connect();
  });
  addEventListener('pagehide', () => drop(true));
  addEventListener('pageshow', e => {
    if (e.persisted) connect();
  });
  connect();
})();
