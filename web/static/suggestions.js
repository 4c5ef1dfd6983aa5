// The list under the search field: a combobox with a listbox popup (WAI-ARIA 1.2), operated by keys or pointer.
//
// The focus stays in the field; `aria-activedescendant` names the option that the arrow keys are on.

import * as api from "./api.js";
import { amount, element, money, picture } from "./dom.js";

const TYPING_PAUSE_MS = 90;
const LEAST_CHARACTERS = 2;

/**
 * Shows suggestions for what is typed into `field`, in the element `list`; `said` is a status line for screen readers.
 * `choose(suggestion)` is called with one of `{query}`, `{filter: {name, value}}`, `{product}`. Returns `{close}`.
 */
export function suggestions({ field, list, said, choose }) {
  let options = []; // Elements with role option, in the order of the list.
  let active = -1;
  let pause = null;
  let running = null; // AbortController of the request under way.

  function close() {
    clearTimeout(pause);
    running?.abort();
    list.hidden = true;
    list.replaceChildren();
    options = [];
    move(-1);
    field.setAttribute("aria-expanded", "false");
    said.textContent = "";
  }

  async function ask(text) {
    running?.abort();
    if (text.trim().length < LEAST_CHARACTERS) return close();
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await api.suggest(text, signal);
      if (!signal.aborted && document.activeElement === field) show(answer);
    } catch (error) {
      // A search works without suggestions; they come back by themselves.
      if (!signal.aborted && error instanceof api.Trouble) close();
      else if (!signal.aborted) throw error;
    }
  }

  function show(answer) {
    options = [];
    const groups = [
      group("Searches", answer.queries, (one) => option({ query: one.text }, words(one.parts))),
      group("Categories", answer.categories, (one) => option({ filter: one.filter }, words(one.parts), under(one))),
      group("Brands", answer.brands, (one) => option({ filter: one.filter }, words(one.parts))),
      group("Products", answer.products, product),
    ];
    list.replaceChildren(...groups.filter((made) => made !== null));
    move(-1);
    list.hidden = options.length === 0;
    field.setAttribute("aria-expanded", String(options.length > 0));
    said.textContent = options.length ? amount(options.length, "suggestion", "suggestions") : "No suggestions";
  }

  function group(title, found, draw) {
    if (!found.length) return null;
    const id = `suggested-${title.toLowerCase()}`;
    const head = element("div", { id, className: "kind", role: "presentation", textContent: title });
    return element("div", { role: "group", "aria-labelledby": id }, head, found.map(draw));
  }

  function option(chosen, ...content) {
    const made = element("div", { id: `suggestion-${options.length}`, role: "option", "aria-selected": "false" }, content);
    made.addEventListener("click", () => take(chosen));
    made.chosen = chosen;
    options.push(made);
    return made;
  }

  function product(one) {
    const made = option(
      { product: one.product_id },
      picture(one.image, 40),
      words(one.parts),
      element("span", { className: "price", textContent: money(one.price, one.currency) }),
    );
    made.classList.add("pictured");
    return made;
  }

  /** Makes the option at this place the active one; -1: none. */
  function move(place) {
    options[active]?.setAttribute("aria-selected", "false");
    active = place;
    const now = options[active];
    if (!now) return field.removeAttribute("aria-activedescendant");
    now.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", now.id);
    now.scrollIntoView({ block: "nearest" });
  }

  function take(chosen) {
    close();
    choose(chosen);
  }

  function keyed(event) {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return ask(field.value);
      // One place more than there are options: the field itself, where no option is active.
      const places = options.length + 1;
      move(((active + 1 + (event.key === "ArrowDown" ? 1 : -1) + places) % places) - 1);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(options[active].chosen);
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // The first press closes the list, the second empties the field.
      close();
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => ask(field.value), TYPING_PAUSE_MS);
  });
  field.addEventListener("keydown", keyed);
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // Keeps the focus in the field.
  return { close };
}

/** The pieces of a text, what was typed in bold. */
const words = (parts) =>
  element(
    "span",
    { className: "words" },
    parts.map(({ text, matched }) => (matched ? element("b", { textContent: text }) : text)),
  );

/** Where a category of the shop lies, unless it is at the top. */
function under({ filter }) {
  const above = filter.name === "shop_category" ? filter.value.split("/").slice(0, -1) : [];
  return above.length ? element("span", { className: "under", textContent: `in ${above.join(" › ")}` }) : null;
}
