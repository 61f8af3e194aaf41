/* Kiosks only: a page from the browser's memory is asked for again; when nobody moves, the page asks, then ends. The
   time is told by Date: a computer that slept was not used. A button [data-in] prints. */
(d => {
  var get = id => d.getElementById(id), bar = get('may-chung'), box = get('con-o-do'), idle = bar.dataset.idle * 1e3,
    last = Date.now(), asking,
    here = () => { last = Date.now(); if (asking) { asking = 0; box.close(); } };

  addEventListener('pageshow', e => { e.persisted && location.reload(); });
  d.querySelectorAll('[data-in]').forEach(b => { b.hidden = false; b.addEventListener('click', () => print()); });
  if (!idle) return;
  'pointerdown keydown wheel touchmove'.split(' ').forEach(name => d.addEventListener(name, () => asking || here(), true));
  get('con-day').addEventListener('click', here);
  box.addEventListener('cancel', here);
  setInterval(() => {
    var left = last + idle + 30e3 - Date.now();
    if (left < 0) { last = Infinity; bar.querySelector('form').submit(); }
    else if (left <= 30e3) {
      if (!asking) { asking = 1; box.showModal(); }
      get('con-giay').textContent = Math.ceil(left / 1e3);
    }
  }, 1e3);
})(document);
