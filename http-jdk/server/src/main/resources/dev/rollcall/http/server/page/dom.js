// Elements and texts. Whatever a service says of itself becomes text and nothing else.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const sameDay = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const otherDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

// Controls, characters that are drawn as nothing or as a blank, and those that turn the direction of
// what follows them. Joiners and variation selectors belong to many scripts and to emoji: after a
// visible character beyond ASCII they stay. No look-behind says so: where a browser knows none, the
// whole page would stay empty.
const UNSEEN = /(?![\t\n])[\p{Cc}\p{DI}\p{Bidi_Control}\p{Zl}\p{Zp}\u2800]/gu;
const JOINER = /[\u200c\u200d\ufe0e\ufe0f]/;
const ENDS_VISIBLY = /(?:[^\0-\x7f\p{DI}]|\ufe0f)$/u;

// Two units of a text hold the whole character before an offset.
const isJoined = (each, offset, text) =>
  JOINER.test(each) && ENDS_VISIBLY.test(text.slice(Math.max(0, offset - 2), offset));

// Returns a text in which all that has no look of its own is shown by its number: a stranger's text
// cannot pass for another one.
export const visible = (text) =>
  text.replace(UNSEEN, (each, offset) => {
    if (isJoined(each, offset, text)) {
      return each;
    }
    const digits = each.codePointAt(0).toString(16);
    return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
  });

export const byId = (id) => document.getElementById(id);

export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  made.append(...content.map((each) => (typeof each === "string" ? visible(each) : each)));
  return made;
}

export function button(className, label, onClick) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

// The registry takes http and https alone; a page does not rely on it.
export function link(url) {
  const made = element("a", "url", url);
  if (/^https?:\/\//i.test(url)) {
    made.href = url;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
  }
  return made;
}

export function setText(node, text) {
  const shown = visible(text);
  if (node.textContent !== shown) {
    node.textContent = shown;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== `${value}`) {
    node.setAttribute(name, value);
  }
}

// Gives a list the items of these keys, in their order. The item of a key that stays is not touched:
// it keeps the focus, and a click that has begun on it.
export function updateItems(list, keys, itemOf) {
  const wanted = new Set(keys);
  const kept = new Map();
  for (const item of [...list.children]) {
    if (wanted.has(item.dataset.key)) {
      kept.set(item.dataset.key, item);
    } else {
      item.remove();
    }
  }
  let next = list.firstElementChild;
  for (const key of keys) {
    const item = kept.get(key) ?? itemOf(key);
    if (item === next) {
      next = next.nextElementSibling;
    } else {
      item.dataset.key = key;
      list.insertBefore(item, next);
    }
  }
}

export const number = (value) => value.toLocaleString();

export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

// A text or a number of an info, which may hold anything; an empty text for all else.
export const textOf = (value) =>
  typeof value === "string" || typeof value === "number" ? `${value}` : "";

export function span(millis) {
  const [amount, unit] =
    millis < MINUTE ? [millis / SECOND, "s"]
    : millis < HOUR ? [millis / MINUTE, "min"]
    : millis < DAY ? [millis / HOUR, "h"]
    : [millis / DAY, "d"];
  return `${Math.max(0, Math.floor(amount))} ${unit}`;
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

// The time of day, with the day unless it is today.
export function timeText(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    return `${time}`;
  }
  return (date.toDateString() === new Date().toDateString() ? sameDay : otherDay).format(date);
}

export function timeElement(time) {
  const made = element("time", "", timeText(time));
  made.title = `${time}`;
  return made;
}
