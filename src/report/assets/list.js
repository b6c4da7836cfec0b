// A virtual list: only the rows near the visible area are elements of the page.

/** Prefix sums of row heights, with updates in logarithmic time (a Fenwick tree, 1994). */
class Heights {
  constructor(heights) {
    this.own = Float64Array.from(heights);
    this.tree = new Float64Array(this.own.length + 1);
    for (let at = 1; at <= this.own.length; at++) {
      this.tree[at] += this.own[at - 1];
      const up = at + (at & -at);
      if (up <= this.own.length) this.tree[up] += this.tree[at];
    }
  }

  set(place, height) {
    const change = height - this.own[place];
    if (!change) return 0;
    this.own[place] = height;
    for (let at = place + 1; at < this.tree.length; at += at & -at) this.tree[at] += change;
    return change;
  }

  /** The offset of a row. */
  top(place) {
    let sum = 0;
    for (let at = place; at > 0; at -= at & -at) sum += this.tree[at];
    return sum;
  }

  /** The last row that begins at or above an offset. */
  at(offset) {
    let place = 0;
    let step = 1;
    while (step * 2 < this.tree.length) step *= 2;
    for (; step > 0; step = Math.floor(step / 2)) {
      if (place + step < this.tree.length && this.tree[place + step] <= offset) {
        place += step;
        offset -= this.tree[place];
      }
    }
    return Math.min(place, Math.max(0, this.own.length - 1));
  }
}

/** How many pixels above and below the visible area are laid out. */
const MARGIN = 400;

class List {
  /**
   * `guess(item)` estimates a height before it is measured. `build(item, place)` creates an
   * element. `drawn(elements)` is called with new elements once they are positioned.
   */
  constructor(scroll, space, { guess, build, drawn }) {
    Object.assign(this, { scroll, space, guess, build, drawn });
    this.items = [];
    this.heights = new Heights([]);
    this.known = new WeakMap();
    this.elements = new Map();
    /** An item that always has an element, so that it keeps the focus. */
    this.held = null;
    this.waiting = false;
    this.width = 0;
    scroll.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(scroll);
  }

  /** Shows a new list of items. Items that were shown before keep their elements unless `rebuild`. */
  show(items, { rebuild = false, top = null } = {}) {
    const anchor = top === null ? this.anchor() : null;
    this.items = items;
    this.places = new Map(items.map((item, place) => [item, place]));
    this.heights = new Heights(items.map((item) => this.known.get(item) || this.guess(item)));
    for (const [item, element] of this.elements) {
      if (!rebuild && this.places.has(item)) continue;
      element.remove();
      this.elements.delete(item);
    }
    this.size();
    if (anchor && this.places.has(anchor.item)) {
      this.scroll.scrollTop = this.heights.top(this.places.get(anchor.item)) + anchor.offset;
    } else if (top !== null) {
      this.scroll.scrollTop = top;
    }
    this.draw();
  }

  resized() {
    if (this.scroll.clientWidth === this.width) return this.later();
    this.width = this.scroll.clientWidth;
    this.known = new WeakMap();
    this.show(this.items, { rebuild: false });
    this.drawn([...this.elements.values()]);
  }

  anchor() {
    if (!this.items.length) return null;
    const place = this.heights.at(this.scroll.scrollTop);
    return { item: this.items[place], offset: this.scroll.scrollTop - this.heights.top(place) };
  }

  size() {
    this.space.style.height = `${Math.ceil(this.heights.top(this.items.length))}px`;
  }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    if (!this.scroll.clientHeight) return;
    // Measuring a row can move the rows below it. Estimates are close, so few passes suffice.
    for (let pass = 0; pass < 4 && this.lay(); pass++);
  }

  lay() {
    const { scroll, heights, items } = this;
    const wanted = new Set();
    if (items.length) {
      const last = heights.at(scroll.scrollTop + scroll.clientHeight + MARGIN);
      for (let place = heights.at(Math.max(0, scroll.scrollTop - MARGIN)); place <= last; place++) wanted.add(items[place]);
      if (this.held && this.places.has(this.held)) wanted.add(this.held);
    }
    for (const [item, element] of this.elements) {
      if (wanted.has(item)) continue;
      element.remove();
      this.elements.delete(item);
    }
    const fresh = [];
    for (const item of wanted) {
      if (this.elements.has(item)) continue;
      const element = this.build(item, this.places.get(item));
      this.elements.set(item, element);
      fresh.push(element);
    }
    this.space.append(...fresh);
    const anchor = this.anchor();
    let changed = false;
    for (const item of wanted) {
      if (this.known.has(item)) continue;
      const height = this.elements.get(item).offsetHeight;
      this.known.set(item, height);
      if (heights.set(this.places.get(item), height)) changed = true;
    }
    if (changed) {
      this.size();
      const top = heights.top(this.places.get(anchor.item)) + anchor.offset;
      if (Math.abs(top - scroll.scrollTop) > 0.5) scroll.scrollTop = top;
    }
    for (const [item, element] of this.elements) {
      element.style.transform = `translateY(${heights.top(this.places.get(item))}px)`;
    }
    if (fresh.length) {
      // Elements are in the order of the list, for screen readers.
      const order = [...this.elements].sort((a, b) => this.places.get(a[0]) - this.places.get(b[0]));
      let before = null;
      for (const [, element] of order.reverse()) {
        if (element.nextSibling !== before) this.space.insertBefore(element, before);
        before = element;
      }
      this.drawn(fresh);
    }
    return changed;
  }

  /** Scrolls to an item. Returns its element, or null if it is not in the list. */
  reveal(item, { middle = false } = {}) {
    if (!this.places || !this.places.has(item)) return null;
    this.held = item;
    this.draw();
    const place = this.places.get(item);
    const { scroll } = this;
    for (let pass = 0; pass < 3; pass++) {
      const top = this.heights.top(place);
      const bottom = top + this.heights.own[place];
      const room = scroll.clientHeight;
      if (top >= scroll.scrollTop && bottom <= scroll.scrollTop + room) break;
      if (middle || bottom - top > room) scroll.scrollTop = Math.max(0, top - Math.max(0, (room - (bottom - top)) / 3));
      else scroll.scrollTop = top < scroll.scrollTop ? top - 8 : bottom - room + 8;
      this.draw();
    }
    return this.elements.get(item) || null;
  }
}
