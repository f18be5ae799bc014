// Each file goes by itself, with its progress and a way to cancel; what fails can be tried again.
(() => {
  'use strict';
  // Posts change parts of the page, and its scripts come again.
  if (window.attachments) return;
  window.attachments = true;
  const find = () => document.querySelector('form[data-files]');
  let open = 0;

  const el = (name, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  function send(file) {
    const form = find();
    if (!form) return;
    const text = form.dataset;
    const bar = el('progress', { max: 1, value: 0, ariaLabel: text.name.replace('$1', file.name) });
    const said = el('p', { className: 'muted' });
    const button = el('button', { type: 'button', className: 'btn' }, text.cancel);
    const name = el('bdi', { dir: 'auto' }, file.name);
    const line = el('li', {}, el('div', {}, name, bar, said, button));
    form.querySelector('.going').append(line);
    const request = new XMLHttpRequest();
    const began = performance.now();
    open++;

    const end = (words, retry) => {
      open--;
      bar.remove();
      said.textContent = words;
      button.hidden = !retry;
      button.textContent = text.again;
      button.onclick = () => (line.remove(), send(file));
      if (words === text.done) line.remove();
      if (open === 0) show();
    };

    if (file.size > Number(text.max)) return end(text.tooLarge, false);
    button.onclick = () => request.abort();
    request.upload.onprogress = e => {
      if (!e.lengthComputable) return;
      bar.value = e.loaded / e.total;
      const speed = e.loaded / 1048.576 / Math.max(1, performance.now() - began);
      said.textContent = `${Math.floor((100 * e.loaded) / e.total)} % · ${speed.toFixed(1)} MB/s`;
    };
    request.onabort = () => end(text.cancelled, true);
    request.onerror = () => end(text.failed, true);
    request.onload = () => {
      if (request.status === 204) return end(text.done, false);
      const isSaid = request.getResponseHeader('Content-Type')?.startsWith('text/plain');
      end(isSaid ? request.responseText : text.failed, !isSaid || request.status === 409);
    };
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'text/plain');
    const body = new FormData(form);
    body.delete('files');
    // Each file is a form of its own.
    body.delete('__Once');
    body.append('files', file, file.name);
    request.send(body);
  }

  async function show() {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const list = page.getElementById('file-list');
    if (list) document.getElementById('file-list').replaceWith(document.adoptNode(list));
  }

  document.addEventListener(
    'submit',
    e => {
      if (e.target !== find()) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      const input = e.target.querySelector('input[type=file]');
      [...input.files].forEach(send);
      input.value = '';
    },
    true,
  );
  for (const kind of ['dragover', 'dragleave', 'drop'])
    document.addEventListener(kind, e => {
      if (!find() || !e.dataTransfer?.types.includes('Files')) return;
      e.preventDefault();
      document.body.classList.toggle('dropping', kind === 'dragover');
      if (kind === 'drop') [...e.dataTransfer.files].forEach(send);
    });
  document.addEventListener('paste', e => [...(e.clipboardData?.files ?? [])].forEach(send));
  addEventListener('beforeunload', e => open > 0 && e.preventDefault());
})();
