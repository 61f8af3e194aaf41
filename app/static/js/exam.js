/* The exam page beyond htmx: a local copy, retries, the clock, submitting on a bad line. Old syntax on purpose: cheap
   phones carry old WebViews. The server's "con" (seconds left) is the only acknowledgement of a save. */
(function () {
  var f = document.getElementById('bai-thi'), said = document.getElementById('da-luu'),
    clock = document.getElementById('con-lai'), el = f.elements, key = 'lantoa-' + f.dataset.ai,
    n = 0, dirty = 0, fails = 0, wants = 0, stopped = 0, timer, end, store, spoken;

  try { store = localStorage; store.getItem(key); } catch (e) { store = null; }

  function choices() {
    return [].map.call(f.querySelectorAll('input:checked'), function (i) { return i.id; });
  }
  function keep() {
    dirty = 1;
    try { store.setItem(key, JSON.stringify([el.page.value, el.base.value, choices()])); } catch (e) { /* full or none */ }
  }
  function drop() { try { store.removeItem(key); } catch (e) { /* none */ } }
  function say(text) { if (said.textContent !== text) said.textContent = text; }
  function save() { clearTimeout(timer); htmx.trigger(f, 'luu'); }
  function left() { return Math.round((end - Date.now()) / 1000); }
  function setEnd(seconds) { end = Date.now() + seconds * 1000; }

  function send() { /* the whole form leaves with the page */
    stopped = 1;
    el.number.value = ++n;
    f.submit();
  }
  function failed(answered) {
    dirty = 1;
    if (stopped) return;
    if (wants && answered) return send(); /* the server speaks but cannot save here: submit carries everything */
    say(wants ? 'Mất mạng: bài sẽ tự nộp khi có mạng lại. Đừng đóng trang này.'
      : 'Mất mạng: câu trả lời vẫn còn trên máy này, sẽ tự gửi lại.');
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(30, 1 << Math.min(fails++, 5)) * (700 + 600 * Math.random()));
  }
  function tick() {
    var s = left();
    clock.textContent = s > 59 ? 'Còn ' + Math.ceil(s / 60) + ' phút' : s > 0 ? 'Còn ' + s + ' giây' : 'Hết giờ';
    [300, 60].forEach(function (mark) {
      if (s <= mark && s > mark - 20 && spoken !== mark) { spoken = mark; say('Còn ' + mark / 60 + ' phút'); }
    });
    if (s <= 0 && !wants) { wants = 2; save(); }
  }

  /* Unsent choices of this very paper come back, unless somebody has saved newer ones elsewhere. */
  try {
    var old = JSON.parse(store.getItem(key));
    if (old && (old[1] === el.base.value || old[0] === f.dataset.boi)) {
      [].forEach.call(f.querySelectorAll('input:checked'), function (i) { i.checked = false; });
      old[2].forEach(function (id) { document.getElementById(id).checked = true; });
      keep();
      setTimeout(save, 0);
    } else drop();
  } catch (e) { /* nothing kept */ }

  setEnd(+f.dataset.con);
  setInterval(tick, 1000);
  tick();

  f.addEventListener('change', keep);
  f.addEventListener('htmx:configRequest', function (e) { dirty = 0; e.detail.parameters.number = ++n; });
  f.addEventListener('con', function (e) {
    fails = 0;
    setEnd(+e.detail.value);
    if (!dirty) { drop(); if (wants) send(); }
  });
  f.addEventListener('htmx:responseError', function (e) {
    var status = e.detail.xhr.status;
    if (status === 410) { stopped = 1; drop(); } else failed(1);
  });
  f.addEventListener('htmx:beforeSwap', function (e) {
    if (e.detail.xhr.status === 409) { stopped = 1; clearTimeout(timer); drop(); }
  });
  ['sendError', 'timeout', 'sendAbort'].forEach(function (name) {
    f.addEventListener('htmx:' + name, function () { failed(0); });
  });
  f.addEventListener('submit', function (e) {
    if (stopped || (e.submitter && e.submitter.hasAttribute('formaction'))) return;
    e.preventDefault();
    wants = 1;
    say('Đang nộp bài …');
    save();
  });
  addEventListener('online', save);
  document.addEventListener('visibilitychange', function () { if (!document.hidden) save(); });
})();
