// A list of colleagues while somebody types a name after an @. It only completes: what names mean is for the server.
// app.js loads it when the first such field gets the focus.
const fold = text =>
  text
    .normalize('NFKD')
    .replace(/\p{M}|ـ/gu, '')
    .toLowerCase()
    .replace(/[أإآٱ]/g, 'ا');
const most = 6;

export const mention = area => {
  const list = document.createElement('ul');
  let people = null,
    start = -1;
  Object.assign(list, { id: area.id + '-names', className: 'hits names', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', area.dataset.label);
  area.after(list);
  area.setAttribute('aria-autocomplete', 'list');
  area.setAttribute('aria-controls', list.id);

  const active = () => list.querySelector('[aria-selected=true]');
  const mark = item => {
    active()?.setAttribute('aria-selected', 'false');
    item?.setAttribute('aria-selected', 'true');
    item?.scrollIntoView({ block: 'nearest' });
    if (item) area.setAttribute('aria-activedescendant', item.id);
    else area.removeAttribute('aria-activedescendant');
  };
  const close = () => {
    list.hidden = true;
    mark(null);
  };
  const load = async () => {
    try {
      const answer = await fetch(area.dataset.from, { headers: { Accept: 'application/json' } });
      return answer.ok && !answer.redirected ? await answer.json() : [];
    } catch {
      return [];
    }
  };
  const show = async () => {
    const typed = area.value.slice(0, area.selectionStart).match(/(?:^|[^\p{L}\p{N}.])@([^@\n]{0,40})$/u)?.[1];
    if (typed === undefined) return close();
    people ??= load();
    const all = await people,
      q = fold(typed);
    start = area.selectionStart - typed.length;
    const found = all
      .filter(p => fold(p.name).startsWith(q) || fold(p.name).split(' ').some(word => q && word.startsWith(q)))
      .filter(p => fold(p.name) !== q.trim())
      .slice(0, most);
    list.replaceChildren(
      ...found.map((p, i) => {
        const item = Object.assign(document.createElement('li'), { id: `${list.id}-${i}`, textContent: p.name });
        item.dir = 'auto';
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        return item;
      }),
    );
    list.hidden = !found.length;
    mark(list.firstElementChild);
  };
  const choose = item => {
    area.setRangeText(item.textContent + ' ', start, area.selectionStart, 'end');
    close();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  };
  area.addEventListener('input', e => e.isTrusted && show());
  area.addEventListener('blur', close);
  list.addEventListener('mousedown', e => e.preventDefault());
  list.addEventListener('click', e => {
    const item = e.target.closest('[role=option]');
    if (item) choose(item);
  });
  area.addEventListener('keydown', e => {
    if (list.hidden || e.isComposing || e.ctrlKey || e.metaKey) return;
    const all = [...list.children],
      at = all.indexOf(active());
    if (e.key === 'ArrowDown') mark(all[(at + 1) % all.length]);
    else if (e.key === 'ArrowUp') mark(all[(at - 1 + all.length) % all.length]);
    else if (e.key === 'Escape') close();
    else if ((e.key === 'Enter' || e.key === 'Tab') && active()) choose(active());
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
};
