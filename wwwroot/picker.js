// A select that knows where to search becomes a field with a list under it (the combobox of the ARIA practices). The
// select stays, unseen, and is what the form sends. app.js loads this where a page needs it.
const $ = s => document.querySelector(s),
  $$ = (s, from) => [...from.querySelectorAll(s)];

const style = new CSSStyleSheet();
style.replaceSync(`
  .picker { position: relative; }
  .picker input { inline-size: 100%; }
  .picker .hits { position: absolute; inset: 100% 0 auto; margin: 4px 0; list-style: none; }
  .picker li { padding: 8px 10px; border-radius: var(--r-s); cursor: pointer; }
  .picker li:is(:hover, [aria-selected="true"]) { background: var(--tint); }
  .picker li[aria-selected="true"] { outline: 2px solid var(--green); outline-offset: -2px; }
  .picker [role="status"]:not(.vh) { display: block; padding-block-start: 4px; color: var(--muted); }
`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];

// For live.js, which compares parts of the page with what the server writes: a copy as the server wrote it.
window.unpick = (now, copy) => {
  const chosen = $$('select[data-search][hidden]', now);
  $$('.picker', copy).forEach(box => box.remove());
  $$('select[data-search][hidden]', copy).forEach((s, i) => s.replaceWith(chosen[i].plain.cloneNode(true)));
};

export const pick = select => {
  if (select.hidden) return;
  const id = select.id || 'pick-' + select.name,
    box = document.createElement('div'),
    input = document.createElement('input'),
    list = document.createElement('ul'),
    say = document.createElement('span'),
    empty = [...select.options].find(o => !o.value)?.text ?? '';
  select.plain = select.cloneNode(true);
  select.hidden = true;
  box.className = 'picker';
  Object.assign(input, { type: 'text', id, autocomplete: 'off', dir: 'auto', placeholder: empty });
  Object.assign(list, { id: id + '-list', hidden: true });
  list.className = 'hits';
  list.setAttribute('role', 'listbox');
  say.className = 'vh';
  say.setAttribute('role', 'status');
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
    'aria-required': select.required ? 'true' : null,
    'aria-label': select.getAttribute('aria-label'),
    'aria-invalid': select.getAttribute('aria-invalid'),
    'aria-describedby': select.getAttribute('aria-describedby'),
  }))
    if (value) input.setAttribute(name, value);
  const label = $(`label[for="${id}"]`);
  if (label) list.setAttribute('aria-label', label.firstChild.textContent.trim());
  else list.setAttribute('aria-label', select.getAttribute('aria-label') ?? empty);
  for (const name of ['id', 'required', 'aria-invalid', 'aria-describedby']) select.removeAttribute(name);
  box.append(input, list, say);
  select.after(box);

  let asked = 0,
    timer;
  const shown = () => select.selectedOptions[0],
    restore = () => (input.value = input.defaultValue = shown()?.value ? shown().text : ''),
    items = () => $$('[role=option]', list),
    active = () => $('[aria-selected=true]', list);
  const close = () => {
    clearTimeout(timer);
    asked++;
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = item => {
    active()?.setAttribute('aria-selected', 'false');
    if (!item) return;
    item.setAttribute('aria-selected', 'true');
    item.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', item.id);
  };
  const choose = (value, text) => {
    if (![...select.options].some(o => o.value === value)) select.append(new Option(text, value));
    const differs = select.value !== value;
    select.value = value;
    restore();
    close();
    if (differs) for (const type of ['input', 'change']) select.dispatchEvent(new Event(type, { bubbles: true }));
  };
  const ask = async q => {
    const mine = ++asked,
      url = new URL(select.dataset.search, location),
      by = select.dataset.with && select.form?.elements[select.dataset.with]?.value;
    url.searchParams.set('q', q);
    if (by) url.searchParams.set(select.dataset.with, by);
    let found;
    try {
      const answer = await fetch(url, { headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) throw new Error();
      found = await answer.json();
    } catch {
      // Offline, or signed out: what the page brought is better than nothing.
      found = [...select.options].slice(+(select.dataset.fixed ?? 1)).map(o => ({ value: o.value, name: o.text }));
      found = found.filter(o => o.name.toLowerCase().includes(q.toLowerCase())).slice(0, 20);
    }
    if (mine !== asked) return;
    const fixed = q ? [] : [...select.options].slice(0, +(select.dataset.fixed ?? 1));
    list.replaceChildren(
      ...[...fixed.map(o => ({ value: o.value, name: o.text })), ...found].map((o, i) => {
        const item = document.createElement('li');
        Object.assign(item, { id: `${list.id}-${i}`, textContent: o.name, dir: 'auto' });
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        item.dataset.value = o.value;
        return item;
      }),
    );
    say.textContent = list.children.length ? '' : select.dataset.none;
    say.classList.toggle('vh', list.children.length > 0);
    list.hidden = !list.children.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark(items().find(o => o.dataset.value === select.value));
  };
  const show = () => ask(input.value === (shown()?.value ? shown().text : '') ? '' : input.value.trim());
  const finish = () => {
    const typed = input.value.trim();
    if (!typed && shown()?.value && [...select.options].some(o => !o.value)) choose('', empty);
    else {
      restore();
      close();
    }
    say.textContent = '';
  };
  input.addEventListener('input', e => {
    e.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  input.addEventListener('click', () => list.hidden && show());
  input.addEventListener('blur', finish);
  list.addEventListener('mousedown', e => e.preventDefault());
  list.addEventListener('click', e => {
    const item = e.target.closest('[role=option]');
    if (item) choose(item.dataset.value, item.textContent);
  });
  input.addEventListener('keydown', async e => {
    if (e.ctrlKey || e.metaKey || e.isComposing) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (list.hidden) await show();
      else {
        const all = items(),
          by = e.key === 'ArrowDown' ? 1 : -1,
          at = all.indexOf(active());
        mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
      }
    } else if (e.key === 'Enter' && (!list.hidden || input.value !== input.defaultValue)) {
      e.preventDefault();
      const item = active() ?? (items().length === 1 ? items()[0] : null);
      if (item && !list.hidden) choose(item.dataset.value, item.textContent);
    } else if (e.key === 'Escape' && (!list.hidden || input.value !== input.defaultValue)) {
      e.preventDefault();
      e.stopPropagation();
      restore();
      close();
    } else if (e.key === 'Tab' && active() && !list.hidden) choose(active().dataset.value, active().textContent);
  });
  // A page that comes back brings the choices that it was left with.
  addEventListener('pageshow', restore);
  restore();
};
