// Files on the page that takes them: dropped, pasted or chosen, sent with real progress. Without it the form is a plain
// post.
(() => {
  'use strict';
  if (window.uploads) return;
  window.uploads = true;
  const root = document.documentElement,
    $ = (s, from = document) => from.querySelector(s),
    on = (type, fn, capture) => document.addEventListener(type, fn, capture);
  const typing = t =>
    t.isContentEditable || (t.matches?.('input, select, textarea') && !/^(checkbox|radio|button|submit)$/.test(t.type));

  // ---- Files: drop zone shows the names; upload with real progress
  const names = input => {
    const out = $('[data-names]', input.closest('.drop'));
    if (out) out.textContent = [...input.files].map(f => f.name).join(', ');
    if (input.files.length && input.closest('[data-send]')) input.form.requestSubmit();
  };
  for (const type of ['dragover', 'dragleave', 'drop'])
    on(type, e => {
      const zone = e.target.closest?.('.drop');
      if (!zone) return;
      e.preventDefault();
      zone.classList.toggle('over', type === 'dragover');
      const input = $('input[type=file]', zone);
      if (type === 'drop' && e.dataTransfer.files.length) {
        input.files = e.dataTransfer.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }
    });
  // Cells (or a file) pasted anywhere on a page that takes them: they go off like a chosen file.
  on('paste', e => {
    const f = $('[data-paste]'),
      text = e.clipboardData?.getData('text/plain') ?? '';
    if (!f || typing(e.target)) return;
    const file = $('.drop input[type=file]'),
      area = $('textarea', f);
    if (file && !text && e.clipboardData.files.length) {
      file.files = e.clipboardData.files;
      file.dispatchEvent(new Event('change', { bubbles: true }));
    } else if (/[\t\n]/.test(text.trim())) {
      f.closest('details').open = true;
      area.value = text;
      f.requestSubmit();
    } else return;
    e.preventDefault();
  });
  const upload = (f, by) => {
    const x = new XMLHttpRequest(),
      bar = $('progress', f);
    x.upload.onprogress = e => {
      if (bar && e.lengthComputable) {
        bar.hidden = false;
        bar.max = e.total;
        bar.value = e.loaded;
      }
    };
    const refused = (text, status, once) => {
      if (bar) bar.hidden = true;
      f.dispatchEvent(new CustomEvent('refused', { bubbles: true, detail: { text, status, by, once } }));
    };
    x.onload = () => {
      const to = x.getResponseHeader('HX-Redirect'),
        { token, once } = JSON.parse(x.getResponseHeader('HX-Trigger') ?? '{}');
      if (to) {
        location.assign(to);
        return;
      }
      if (token) {
        document.dispatchEvent(new CustomEvent('token', { detail: token }));
        if (token.person === (root.dataset.person ?? '')) upload(f, by);
        else refused(token.text);
        return;
      }
      const next = new DOMParser().parseFromString(x.responseText, 'text/html').querySelector('main');
      if (!next) {
        refused(x.responseText, x.status, once);
        return;
      }
      $('main').replaceWith(next);
      window.htmx?.process(next);
      document.dispatchEvent(new CustomEvent('shown', { detail: next }));
    };
    x.onerror = () => refused(root.dataset.offline);
    x.open('POST', f.action);
    // A page is wanted, and errors beside the form.
    x.setRequestHeader('HX-Request', 'true');
    x.setRequestHeader('HX-Request-Type', 'full');
    x.send(new FormData(f, by));
  };

  on('change', e => {
    if (e.target.matches('.drop input[type=file]')) names(e.target);
  });
  on(
    'submit',
    e => {
      if (!e.target.matches('[data-upload]')) return;
      e.preventDefault();
      upload(e.target, e.submitter);
    },
    true,
  );
})();
