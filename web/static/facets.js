// The filters beside the results, and the chips above them.

import { counted, element } from "./dom.js";

const CATEGORIES = {
  home_garden: "Home & garden",
  sports_outdoors: "Sports & outdoors",
  toys_games: "Toys & games",
  health_beauty: "Health & beauty",
};
const RATINGS = { 4: "4 stars and up", 3: "3 stars and up", 2: "2 stars and up", 1: "1 star and up" };
const STOCK = { true: "In stock", false: "Out of stock" };

/**
 * Facets that are more than a list of words, in the order of the page; the others follow as the answer has them.
 * `filter`: the parameter that a choice sets; `one`: only one value at a time.
 */
const FACETS = [
  { name: "category", title: "Category", labels: CATEGORIES },
  { name: "price", title: "Price" },
  { name: "in_stock", title: "Availability", one: true, labels: STOCK },
  { name: "rating", title: "Rating", filter: "min_rating", one: true, order: ["4", "3", "2", "1"], labels: RATINGS },
  { name: "brand", title: "Brand" },
  { name: "color", title: "Colour" },
  { name: "gender", title: "Made for" },
  { name: "occasion", title: "Occasion" },
];

const SHOWN_AT_FIRST = 7;

const spoken = (value) => value.charAt(0).toUpperCase() + value.slice(1).replaceAll("_", " ");

const SPAN = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/;

/** A range in words, "1,000 to 5,000"; null for what is none. */
function spanned(value) {
  const [low, high] = (SPAN.exec(value) ?? []).slice(1).map((bound) => (bound === undefined ? null : counted(Number(bound))));
  if (!low && !high) return null;
  if (!low) return `Under ${high}`;
  return high ? `${low} to ${high}` : `${low} and more`;
}

/** The facet of this name: one of the page's own, or one that the catalogue alone knows. */
function facetNamed(name) {
  const plain = name.replace(/^attr\./, "");
  return FACETS.find((facet) => facet.name === name) ?? { name, title: spoken(plain) };
}

function labelOf(facet, value) {
  return spanned(value) ?? facet.labels?.[value] ?? (facet.name === "brand" ? value : spoken(value));
}

const filterOf = (facet) => facet.filter ?? facet.name;

/** Draws every facet that has something to choose. `choose(filter, value, chosen, one)` is called on a click. */
export function drawFacets(place, counts, opened, choose) {
  const focused = document.activeElement?.dataset?.key;
  const own = FACETS.map((facet) => facet.name);
  const names = [...own, ...Object.keys(counts).filter((name) => !own.includes(name))];
  const shown = names.filter((name) => counts[name]?.length).map(facetNamed);
  place.replaceChildren(...shown.map((facet) => drawFacet(facet, counts, opened, choose)));
  // A redrawn checkbox keeps the focus of the one that it replaces.
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function drawFacet(facet, counts, opened, choose) {
  const values = ordered(facet, counts[facet.name]);
  const rows = values.map((found) => drawValue(facet, found, choose));
  const list = element("ul", {}, rows);
  const hidden = rows.slice(SHOWN_AT_FIRST).filter((_, i) => !values[i + SHOWN_AT_FIRST].selected);
  const group = element("fieldset", {}, element("legend", { textContent: facet.title }), list);
  if (hidden.length > 1 && !opened.has(facet.name)) {
    for (const row of hidden) row.hidden = true;
    const more = element("button", { type: "button", className: "quiet", textContent: `${hidden.length} more` });
    more.addEventListener("click", () => {
      opened.add(facet.name);
      for (const row of hidden) row.hidden = false;
      more.remove();
      hidden[0].querySelector("input").focus();
    });
    group.append(more);
  }
  return group;
}

/** Values that are paths (Outdoor/Backpacks) stand below what they are part of; `depth`: how far below. */
function nested(values) {
  const known = new Map(values.map((found) => [found.value, { ...found, depth: 0, parts: [] }]));
  const roots = [];
  for (const found of known.values()) {
    const parent = known.get(String(found.value).split("/").slice(0, -1).join("/"));
    (parent ? parent.parts : roots).push(found);
  }
  const flat = (found, depth) => [{ ...found, depth }, ...found.parts.flatMap((part) => flat(part, depth + 1))];
  return roots.flatMap((root) => flat(root, 0));
}

function ordered(facet, values) {
  if (facet.name.endsWith("category")) return nested(values);
  if (!facet.order) return values;
  return [...values].sort((a, b) => facet.order.indexOf(a.value) - facet.order.indexOf(b.value));
}

function drawValue(facet, { value, count, selected, depth = 0 }, choose) {
  const box = element("input", { type: "checkbox", checked: selected, "data-key": `${facet.name}=${value}` });
  box.addEventListener("change", () => choose(filterOf(facet), value, box.checked, facet.one));
  return element(
    "li",
    { className: count ? "" : "none" },
    element(
      "label",
      depth ? { className: `below-${Math.min(depth, 3)}` } : {},
      box,
      element("span", { className: "value", textContent: depth ? spoken(value.split("/").pop()) : labelOf(facet, value) }),
      element("span", { className: "number", textContent: counted(count) }),
    ),
  );
}

/** Draws a removable chip for each filter of the search; `choose` as above. */
export function drawChips(place, search, choose) {
  const chips = [...search.filters].flatMap(([filter, values]) => [...values].map((value) => chip(filter, value, choose)));
  place.replaceChildren(...chips);
  place.hidden = chips.length === 0;
}

function chip(filter, value, choose) {
  const facet = FACETS.find((candidate) => filterOf(candidate) === filter);
  const text = filter === "keep_words" ? `As words: ${value}` : facet ? labelOf(facet, value) : `${spoken(filter.replace(/^attr\./, ""))}: ${value}`;
  const button = element(
    "button",
    { type: "button", "aria-label": `Remove the filter ${text}` },
    text,
    element("span", { "aria-hidden": "true", textContent: "×" }),
  );
  button.addEventListener("click", () => choose(filter, value, false));
  return element("li", {}, button);
}
