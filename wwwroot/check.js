// Fields say what is wrong with them when they are left, and stop saying so once it is right. The server reads the form
// each time it keeps the draft and answers what it could not take; only an empty field that is needed is known here.
const named = field => field.querySelector('[name]'),
  shown = field => field.querySelector('[role=combobox]') ?? named(field);

export const check = form => {
  const left = new Set(),
    model = form.querySelector('template'),
    isNew = 'address' in form.dataset && form.dataset.address;
  let wrong = {};
  const say = field => {
    const control = named(field),
      seen = shown(field),
      isEmpty = seen.getAttribute('aria-required') === 'true' || control.required ? !control.value.trim() : false,
      text = isEmpty ? form.dataset.required : wrong[control.name],
      id = `f-${control.name}-e`,
      old = field.querySelector('.err'),
      others = (seen.getAttribute('aria-describedby') ?? '').split(' ').filter(d => d && d !== id);
    if (!text) {
      old?.remove();
      seen.removeAttribute('aria-invalid');
    } else if (old?.textContent.trim() !== text) {
      const next = model.content.firstElementChild.cloneNode(true);
      next.id = id;
      next.lastElementChild.textContent = text;
      old?.remove();
      field.append(next);
      seen.setAttribute('aria-invalid', 'true');
    }
    if (text) others.push(id);
    if (others.length) seen.setAttribute('aria-describedby', others.join(' '));
    else seen.removeAttribute('aria-describedby');
  };
  const fieldOf = el => {
    const field = el.closest?.('.field:not(.rows)');
    return field && named(field) && form.contains(field) ? field : null;
  };
  form.addEventListener('focusout', e => {
    const field = fieldOf(e.target);
    // Leaving for a button that sends or cancels is no reason to complain, or to move it away.
    if (!field || e.relatedTarget?.closest('.bar-foot')) return;
    left.add(field);
    setTimeout(() => !field.contains(document.activeElement) && say(field));
  });
  document.addEventListener('htmx:after:swap', () => {
    const text = document.querySelector('#known')?.dataset.wrong;
    if (!isNew || !text || !form.isConnected) return;
    wrong = JSON.parse(text);
    for (const field of left) if (!field.contains(document.activeElement)) say(field);
  });
  // What is wrong no more says so while it is typed.
  form.addEventListener('input', e => {
    const field = fieldOf(e.target);
    if (!field?.querySelector('.err') || !left.has(field)) return;
    delete wrong[named(field).name];
    say(field);
  });
  const at = document.activeElement;
  if (isNew && matchMedia('(pointer: fine)').matches && (at === document.body || at?.matches('h1, main')))
    shown(form.querySelector('.field')).focus();
};
