/* Measured in the page by tests/support/site_looks.py; each returns words for the elements that break a law. */
{
  const name = (el, more = '') => {
    const words = (el.innerText || el.getAttribute('aria-label') || el.id || '').trim().slice(0, 40);
    return `<${el.localName}${el.className && el.className.trim ? '.' + el.className.trim() : ''}> ${words} ${more}`;
  };
  const all = selector => [...document.querySelectorAll(selector)];
  const seen = el => el.checkVisibility({visibilityProperty: true, opacityProperty: true}) && el.getClientRects().length;
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary'
    .split(', ').map(tag => tag + ':not(:disabled):not(.skip)').join();
  const sheet = new CSSStyleSheet();

  window.setStyle = style => {
    sheet.replaceSync(style);
    document.adoptedStyleSheets = [sheet];
  };

  /* Further right than the window. */
  window.tooWide = () => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const out = all('body *').filter(el => seen(el)
      && el.getBoundingClientRect().right > root.clientWidth + 1 && !el.closest('svg svg, svg *'));
    return out.map(el => name(el, `${Math.round(el.getBoundingClientRect().right)} of ${root.clientWidth} px`));
  };

  /* A box and a label are pressed as one. A link among words is as high as its line (WCAG 2.5.8, inline). */
  const pressed = el => {
    const boxes = [el, ...(el.labels && /radio|checkbox/.test(el.type) ? el.labels : [])].map(x => x.getBoundingClientRect());
    const [left, top] = ['left', 'top'].map(side => Math.min(...boxes.map(b => b[side])));
    const [right, bottom] = ['right', 'bottom'].map(side => Math.max(...boxes.map(b => b[side])));
    return {left, top, right, bottom, width: right - left, height: bottom - top};
  };
  const block = el => el.closest('p, li, dd, td, th, blockquote, label, legend, h1, h2, h3');
  const amongWords = el => {
    const around = block(el);
    const others = around ? around.innerText.length - all('a[href], button').filter(x => around.contains(x))
      .reduce((sum, x) => sum + x.innerText.length, 0) : 0;
    return el.localName === 'a' && getComputedStyle(el).display === 'inline' && others > 8;
  };
  window.tooSmall = () => {
    const found = all(CONTROLS).filter(el => seen(el) && !amongWords(el)).map(el => [el, pressed(el)]);
    const small = found.filter(([, box]) => box.width < 43.5 || box.height < 43.5)
      .map(([el, box]) => name(el, `${Math.round(box.width)}×${Math.round(box.height)}`));
    const close = found.flatMap(([el, box], i) => found.slice(i + 1, i + 3).filter(([other, next]) =>
      !(block(el) && block(el) === block(other)) && Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top) > 8
      && Math.min(box.right, next.right) - Math.max(box.left, next.left) > 8).map(([other]) => name(el, 'over ' + name(other))));
    return [...small, ...close];
  };

  /* Nobody has touched a mouse here, so focus shows as it does for a keyboard. */
  window.withoutFocus = () => all(CONTROLS).filter(seen).filter(el => {
    el.focus();
    const style = getComputedStyle(el);
    return document.activeElement !== el || style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 3;
  }).map(el => name(el));

  /* Everything with a size that is words, a drawing, a picture or a control. */
  window.visible = () => all('body *').filter(seen).filter(el =>
    el.matches(`svg, img, ${CONTROLS}`) || [...el.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(el => name(el));
}
