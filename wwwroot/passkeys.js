// Forms that a passkey answers: asks the server what to sign, lets the device sign it, and sends the answer with the
// form.
'use strict';
(() => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', async e => {
      e.preventDefault();
      const button = form.querySelector('button');
      button.disabled = true;
      try {
        const token = new URLSearchParams({
          __RequestVerificationToken: form.elements.__RequestVerificationToken.value,
        });
        const answer = await fetch(form.dataset.passkey, { method: 'POST', body: token });
        if (!answer.ok) throw new Error(answer.status);
        const options = await answer.json();
        const credential =
          'new' in form.dataset
            ? await navigator.credentials.create({
                publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
              })
            : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        form.querySelector('[data-credential]').value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        button.disabled = false;
        let say = form.querySelector('.err');
        if (!say) form.append((say = Object.assign(document.createElement('p'), { className: 'err' })));
        say.setAttribute('role', 'alert');
        say.textContent = form.dataset.failed;
      }
    });
  }
})();
