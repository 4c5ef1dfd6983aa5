// The search page: what is asked stands in the address, every change of it asks the API again.

import { addressOf, productAddress, productInAddress, readAddress, valuesOf } from "./address.js";
import * as api from "./api.js";
import { assistant } from "./chat.js";
import { amount, element, reachable } from "./dom.js";
import { drawChips, drawFacets } from "./facets.js";
import { row, viewed } from "./recommendations.js";
import { againButton, card, details, message, summary, variantRow } from "./results.js";
import { pictured } from "./pictured.js";
import { suggestions } from "./suggestions.js";
import { drawUnderstood } from "./understood.js";
import { clicked } from "./visit.js";

const KEPT = "keep_words"; // Stands among the filters: sources of what was understood that are to stay words.
const TYPING_PAUSE_MS = 180;
const SLOW_MS = 700; // A search that takes longer is told to be under way.
const SETTLED_MS = 2500; // Words that stand this long are what the shopper searched for.

// The parts of the page, by their ids.
const page = Object.fromEntries(
  "search q look file pictured suggestions suggested count unfold fold filters facets clear sort mode understood chips spelling relaxed degraded problem nothing home results more product ask chat"
    .split(" ")
    .map((id) => [id, document.getElementById(id)]),
);

let asked = readAddress(location.search);
let running = null; // AbortController of the search under way.
let cursor = null;
let searchId = null; // Of the search whose hits are shown first.
let settling = null; // Timer of the pause after which words count as complete.
let typed = null; // Timer of the pause after the last key.
let typing = false; // Whether the newest entry of the history was made by typing.
let openedFrom = null; // The address that a product was opened from on this page.
const opened = new Set(); // Facets whose long list was opened.

/** Asks for what `asked` says and shows it. */
async function refresh() {
  running?.abort();
  clearTimeout(settling);
  running = new AbortController();
  const { signal } = running;
  page.results.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => (page.count.textContent = "Searching …"), SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
  drawControls();
  try {
    show(await api.search(asked, { facets: ["auto"], typing, picture: picture.current(), signal }));
    drawHome(signal);
    if (typing) settling = setTimeout(() => settle(signal), SETTLED_MS);
  } catch (error) {
    if (signal.aborted) return;
    showTrouble(error);
  } finally {
    clearTimeout(slow);
  }
  page.results.removeAttribute("aria-busy");
}

/** The words stand: the same search once more, as one that counts. What is shown stays. */
async function settle(signal) {
  const settled = await api.search(asked, { picture: picture.current(), signal }).catch(() => null);
  if (settled && !signal.aborted) searchId = settled.search_id;
}

/** Above a list that nobody searched for: what fits who is looking. */
async function drawHome(signal) {
  page.home.hidden = true;
  if (asked.q || asked.filters.size || picture.current()) return;
  const found = await row("For you", { placement: "home" }, signal);
  if (signal.aborted || !found) return;
  page.home.replaceChildren(found);
  page.home.hidden = false;
}

/** Below a product: what is like it, and what is bought with it. */
async function drawRows(product) {
  viewed(product);
  const about = { product_id: product.product_id };
  const family = product.parent_id ? await api.variants(product.parent_id) : [];
  if (productInAddress(location.hash) !== product.product_id) return;
  const chosen = variantRow(product, family);
  if (chosen) page.product.querySelector(".facts").append(chosen);
  const rows = await Promise.all([
    row("Bought together", { placement: "bought_together", ...about }),
    row("Similar products", { placement: "similar", ...about }),
  ]);
  if (productInAddress(location.hash) === product.product_id) page.product.append(...rows.filter(Boolean));
}

function show(answer) {
  searchId = answer.search_id;
  page.problem.hidden = true;
  page.count.textContent = summary(asked, answer);
  page.fold.textContent = `Show ${amount(answer.total, "product", "products")}`;
  page.results.replaceChildren(...answer.hits.map(card));
  drawUnderstood(page.understood, answer.understood, (source) => choose(KEPT, source, true));
  drawFacets(page.facets, answer.facets, opened, choose);
  drawSpelling(answer);
  page.degraded.hidden = answer.degraded.length === 0;
  page.degraded.textContent = answer.degraded.length ? `Searched with less: ${answer.degraded.join("; ")}` : "";
  page.nothing.hidden = answer.total > 0;
  if (answer.total === 0) page.nothing.replaceChildren(...nothingFound(answer.relaxation));
  page.relaxed.hidden = !(answer.total && answer.relaxation?.message);
  page.relaxed.textContent = answer.relaxation?.message ?? "";
  goOn(answer.next_cursor);
}

/** What the words were corrected to, or may be meant to be; a link to the other reading. */
function drawSpelling({ corrected, did_you_mean: meant }) {
  const parts = [];
  if (corrected) {
    parts.push("Showing results for ", element("b", { textContent: corrected.to }), ". Search for ");
    parts.push(readingLink(corrected.from, "false"), " instead.");
  } else if (meant) {
    parts.push("Did you mean ", readingLink(meant, "true"), "?");
  }
  page.spelling.hidden = parts.length === 0;
  page.spelling.replaceChildren(...parts);
}

function readingLink(text, correct) {
  const link = element("a", { href: addressOf({ ...asked, q: text, correct }), textContent: text });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // Another tab or window.
    event.preventDefault();
    asked.q = page.q.value = text;
    asked.correct = correct;
    go();
  });
  return link;
}

function nothingFound(relaxation) {
  const advice = relaxation?.message ?? (asked.filters.size
    ? "No product passes all the chosen filters. Take one away, or clear them all."
    : "Try fewer or other words.");
  const parts = [element("h2", { textContent: "Nothing found" }), element("p", { textContent: advice })];
  if (asked.filters.size) {
    const clear = element("button", { type: "button", className: "outlined", textContent: "Clear all filters" });
    clear.addEventListener("click", clearFilters);
    parts.push(clear);
  }
  const popular = relaxation?.popular?.hits ?? [];
  if (popular.length) {
    parts.push(element("ul", { className: "results", "aria-label": "Popular products" }, ...popular.map(card)));
  }
  return parts;
}

function showTrouble(error) {
  if (!(error instanceof api.Trouble)) throw error;
  page.count.textContent = "No result";
  page.results.replaceChildren();
  // Nothing of the answer before stays beside it.
  for (const part of ["nothing", "degraded", "spelling", "relaxed", "understood", "home"]) page[part].hidden = true;
  page.problem.hidden = false;
  page.problem.replaceChildren(element("p", { textContent: error.message }));
  if (error.again) page.problem.append(againButton(refresh));
  goOn(null);
}

function goOn(next) {
  cursor = next;
  page.more.hidden = !next;
}

/** Appends the products after those that are shown. */
async function showMore() {
  const { signal } = running;
  page.more.disabled = true;
  try {
    const answer = await api.search(asked, { cursor, picture: picture.current(), signal });
    const cards = answer.hits.map(card);
    for (const shown of cards) shown.dataset.search = answer.search_id;
    page.results.append(...cards);
    cards[0]?.querySelector("a").focus();
    goOn(answer.next_cursor);
  } catch (error) {
    if (!signal.aborted) showTrouble(error);
  }
  page.more.disabled = false;
}

/** Controls that mirror the search. */
function drawControls() {
  if (page.q.value.trim() !== asked.q) page.q.value = asked.q;
  page.sort.value = asked.sort;
  for (const choice of page.mode.elements) choice.checked = choice.value === asked.mode;
  drawChips(page.chips, asked, choose);
  const chosen = [...asked.filters.values()].reduce((sum, values) => sum + values.size, 0);
  page.clear.hidden = chosen === 0;
  page.unfold.textContent = chosen ? `Filters (${chosen})` : "Filters";
  document.title = asked.q ? `${asked.q} · shopscout` : "shopscout";
}

/** Makes the changed search the newest entry of the history; keys typed in a row make one entry. */
function go({ byTyping = false } = {}) {
  const change = byTyping && typing ? "replaceState" : "pushState";
  history[change](null, "", addressOf(asked));
  typing = byTyping;
  refresh();
}

function choose(filter, value, chosen, one = false) {
  const values = valuesOf(asked, filter);
  if (one) values.clear();
  if (chosen) values.add(value);
  else for (const known of [...values]) if (known.toLowerCase() === value.toLowerCase()) values.delete(known);
  if (values.size === 0) asked.filters.delete(filter);
  go();
}

function clearFilters() {
  asked.filters.clear();
  go();
}

/** On narrow screens the filters are a sheet over the products. */
function fold(away) {
  page.filters.classList.toggle("open", !away);
  reachable(away, "filters");
  page.unfold.setAttribute("aria-expanded", String(!away));
  if (away) page.unfold.focus();
  else (page.facets.querySelector("input") ?? page.fold).focus();
}

const narrow = matchMedia("(max-width: 820px)"); // As in search.css.

function searchFor(text, byTyping) {
  clearTimeout(typed);
  if (text === asked.q) {
    if (!byTyping) refresh();
    return;
  }
  asked.q = text;
  asked.correct = "true";
  asked.filters.delete(KEPT); // They belonged to other words.
  go({ byTyping });
}

/** What was chosen from the suggestions takes the place of what was typed. */
function chosenSuggestion({ query, filter, product }) {
  clearTimeout(typed);
  if (product !== undefined) {
    openedFrom = location.href;
    location.hash = productAddress(product).slice(location.search.length);
    return;
  }
  asked.q = query ?? "";
  asked.correct = "true";
  asked.filters.delete(KEPT);
  if (filter) valuesOf(asked, filter.name).add(filter.value);
  page.q.value = asked.q;
  go();
}

/** Shows the product that the address names, or none. */
async function showProduct() {
  const id = productInAddress(location.hash);
  if (id === null) {
    page.product.close();
    return;
  }
  page.product.replaceChildren(...message("Loading the product"));
  // From one product to the next: closing leads to the list, not to the product before.
  if (page.product.open) openedFrom = null;
  else page.product.showModal();
  let content, product;
  try {
    product = await api.product(id);
    content = details(product);
  } catch (error) {
    content = message(error.message, error.again && againButton(showProduct));
  }
  if (productInAddress(location.hash) !== id) return;
  page.product.replaceChildren(...content);
  page.product.scrollTop = 0;
  document.getElementById("product-name").focus(); // What had it is gone; the name is read out.
  if (product) drawRows(product);
}

function closedProduct() {
  if (productInAddress(location.hash) === null) return;
  if (openedFrom !== null) history.back();
  else history.replaceState(null, "", addressOf(asked));
  openedFrom = null;
}

/** The address changed by the back button, the forward button or a product's link. */
function addressChanged() {
  const now = readAddress(location.search);
  if (addressOf(now) !== addressOf(asked)) {
    asked = now;
    typing = false;
    refresh();
  }
  showProduct();
}

const picture = pictured({
  button: page.look,
  input: page.file,
  shown: page.pictured,
  changed: () => {
    typing = false;
    refresh();
  },
});

const suggested = suggestions({
  field: page.q,
  list: page.suggestions,
  said: page.suggested,
  choose: chosenSuggestion,
});

page.search.addEventListener("submit", (event) => {
  event.preventDefault();
  suggested.close();
  typing = false;
  searchFor(page.q.value.trim(), false);
});
page.q.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(() => searchFor(page.q.value.trim(), true), TYPING_PAUSE_MS);
});
page.sort.addEventListener("change", () => {
  asked.sort = page.sort.value;
  go();
});
page.mode.addEventListener("change", (event) => {
  asked.mode = event.target.value;
  go();
});
page.clear.addEventListener("click", clearFilters);
page.more.addEventListener("click", showMore);
page.unfold.addEventListener("click", () => fold(false));
page.fold.addEventListener("click", () => fold(true));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && page.filters.classList.contains("open")) fold(true);
});
narrow.addEventListener("change", () => {
  if (page.filters.classList.contains("open")) fold(true);
});
page.results.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  openedFrom = location.href;
  const opened = link.closest("li");
  const position = [...page.results.children].indexOf(opened) + 1;
  clicked(opened.dataset.search ?? searchId, productInAddress(new URL(link.href).hash), position);
});
page.product.addEventListener("close", closedProduct);
page.product.addEventListener("click", (event) => {
  if (event.target === page.product) page.product.close(); // The backdrop.
});
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, select, textarea, dialog");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writing) return;
  event.preventDefault();
  page.q.select();
});
addEventListener("popstate", addressChanged);

assistant({ button: page.ask, panel: page.chat });

refresh();
showProduct();
