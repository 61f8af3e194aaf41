/* The exam page beyond htmx: a local copy, retries, the clock, submitting on a bad line. No newer syntax than htmx
   itself needs. "con" (seconds left), sent with every save, is the only acknowledgement. The words stand in the page
   (data-loi); names are short because all of this must stay under 2 kB. */
(d => {
  var get = id => d.getElementById(id), f = get('bai-thi'), said = get('da-luu'), clock = get('con-lai'),
    data = f.dataset, words = data.loi.split('|'), el = f.elements, key = 'lantoa' + data.ai, n = 0, fails = 0,
    dirty, wants, over, wait, end, told, store, old,

    on = (names, deed, where) => names.split(' ').map(name => (where || f).addEventListener(name, deed)),
    all = () => [...f.querySelectorAll(':checked')],
    say = (i, x) => { said.textContent = words[i].replace('%', x); },
    set = left => { end = Date.now() + left * 1e3; },
    drop = () => store && store.removeItem(key),
    keep = () => {
      dirty = 1;
      try { store[key] = JSON.stringify([el.page.value, el.base.value, all().map(i => i.id)]); } catch (e) {}
    },
    save = () => { clearTimeout(wait); over || htmx.trigger(f, 'luu'); },
    stop = () => { over = 1; clearTimeout(wait); drop(); },
    send = () => { over = 1; el.number.value = ++n; f.submit(); },
    lost = e => {
      var code = (e.detail.xhr || 0).status;
      dirty = 1;
      if (code == 410 || over) return stop();
      if (wants && code) return send(); /* the server answers but cannot save: the form itself carries everything */
      say(wants ? 1 : 0);
      clearTimeout(wait);
      fails = Math.min(30, 2 * fails || 1);
      wait = setTimeout(save, fails * (700 + 600 * Math.random()));
    },
    tick = () => {
      var s = Math.round((end - Date.now()) / 1e3), mark = s > 60 ? 300 : 60;
      clock.textContent = s > 0 ? 'Còn ' + (s > 59 ? Math.ceil(s / 60) + ' phút' : s + ' giây') : words[3];
      if (s <= mark && s > mark - 9 && told != mark) say(4, (told = mark) / 60);
      if (s < 1 && !wants) { wants = 1; save(); }
    };

  try { /* unsent choices of this very paper come back, unless newer ones were saved elsewhere */
    store = !data.kiosk && localStorage;
    old = JSON.parse(store[key]);
    if (old[1] == el.base.value || old[0] == data.boi) {
      all().map(i => { i.checked = 0; });
      old[2].map(id => { get(id).checked = 1; });
      keep();
      setTimeout(save, 9);
    } else drop();
  } catch (e) {}
  set(data.con);
  setInterval(tick, 1e3);

  on('change', keep);
  on('htmx:configRequest', e => { dirty = 0; e.detail.parameters.number = ++n; });
  on('con', e => {
    var left = e.detail.value;
    fails = 0;
    set(left);
    if (!dirty) { drop(); wants > 1 || wants && left < 1 ? send() : wants = 0; }
  });
  on('htmx:beforeSwap', e => e.detail.xhr.status == 409 && stop());
  on('htmx:responseError htmx:sendError htmx:timeout', lost);
  on('submit', e => {
    el.number.value = ++n; /* also on the way of the other buttons: an autosave still under way must not come after it */
    if (over || (e.submitter || d.activeElement).hasAttribute('formaction')) return;
    e.preventDefault();
    wants = 2;
    say(2);
    save();
  });
  on('online', save, window);
  on('visibilitychange', () => d.hidden || save(), d);
})(document);
