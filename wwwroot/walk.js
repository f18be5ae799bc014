// Through the list that somebody came from: the next and the previous transaction, and on wide screens the list beside
// it. What the list showed is kept in this tab when its page is left. app.js loads it on lists and on a transaction.
const $ = (s, from = document) => from.querySelector(s),
  $$ = s => [...document.querySelectorAll(s)];

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem('walk')) ?? {};
  } catch {
    return {};
  }
};
const keep = way => {
  try {
    if (way) sessionStorage.setItem('walk', JSON.stringify(way));
    else sessionStorage.removeItem('walk');
  } catch {
    /* Then there is no next one. */
  }
};

// ---- The list as it is left
const leave = () => {
  const rows = $$('.list tbody tr[id^="t-"]').map(tr => ({
    number: tr.id.slice(2),
    reference: $('.ref', tr)?.textContent.trim() ?? '',
    title: $('.title a', tr)?.textContent.trim() ?? '',
    status: $('.st', tr)?.textContent.trim() ?? '',
    css: $('.st', tr)?.className ?? '',
  }));
  if (rows.length && /^\/(transactions|work)$/.test(location.pathname))
    keep({ from: location.pathname + location.search, rows });
};

// ---- The list beside a transaction, until somebody puts it away
const beside = (button, rows, opened, stored) => {
  const part = (tag, textContent, className = '') =>
    Object.assign(document.createElement(tag), { textContent, className });
  const show = isOn => {
    $('#beside')?.remove();
    button.setAttribute('aria-pressed', String(isOn));
    if (!isOn) return;
    const list = Object.assign(document.createElement('nav'), { id: 'beside' });
    list.setAttribute('aria-label', button.getAttribute('aria-label'));
    for (const row of rows) {
      const link = Object.assign(document.createElement('a'), { href: '/transactions/' + row.number });
      if (row.number === opened) link.setAttribute('aria-current', 'page');
      link.append(
        part('bdi', row.reference.length > 1 ? row.reference : row.number),
        part('span', row.title),
        part('small', row.status, row.css),
      );
      $('span', link).dir = 'auto';
      list.append(link);
    }
    document.body.append(list);
    const at = $('[aria-current]', list);
    list.scrollTop = at.offsetTop - list.clientHeight / 2;
  };
  button.addEventListener('click', () => {
    const isOn = button.getAttribute('aria-pressed') !== 'true';
    stored('beside', isOn ? 'on' : 'off');
    show(isOn);
  });
  show(stored('beside') !== 'off');
};

export const walk = (opened, stored) => {
  addEventListener('pagehide', leave);
  document.addEventListener('submit', e => {
    if (e.target.getAttribute('action') !== '/signout') return;
    removeEventListener('pagehide', leave);
    keep(null);
  });
  const bar = $('#walk'),
    { rows = [], from } = read(),
    at = rows.findIndex(row => row.number === opened);
  if (!bar || at < 0 || rows.length < 2) return;
  $('span', bar).textContent = bar.dataset.place.replace('$1', at + 1).replace('$2', rows.length);
  for (const [rel, to] of [
    ['prev', rows[at - 1]],
    ['next', rows[at + 1]],
  ]) {
    const link = $(`[rel=${rel}]`, bar);
    if (to) link.href = '/transactions/' + to.number;
    else {
      link.removeAttribute('href');
      link.style.visibility = 'hidden';
    }
  }
  if (from.startsWith('/transactions')) $('.crumbs a').href = from;
  bar.hidden = false;
  const button = $('button', bar);
  if (button) beside(button, rows, opened, stored);
};
