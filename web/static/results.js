// The products of a result, and one product with everything that is known of it.

import { productAddress } from "./address.js";
import { amount, element, money, picture, stars, stock } from "./dom.js";

/** A product in the grid; its name is the link to its details. */
export function card(hit) {
  return element(
    "li",
    { className: "card" },
    element("div", { className: "frame" }, picture(hit.image, 240)),
    element("p", { className: "brand", textContent: hit.brand || " " }),
    element("h3", {}, element("a", { href: productAddress(hit.product_id), textContent: hit.name })),
    stars(hit.rating, hit.review_count),
    element("p", { className: "price", textContent: money(hit.price, hit.currency) }),
    stock(hit.in_stock),
    hit.variants > 1 && element("p", { className: "variants", textContent: `${hit.variants} variants` }),
  );
}

/** The other variants of a product that is shown, as small pictures with their names. */
export function variantRow(product, family) {
  if (family.length < 2) return null;
  const entries = family.map((one) => {
    const link = element("a", { href: productAddress(one.product_id), title: one.name }, picture(one.image, 64));
    if (one.product_id === product.product_id) link.setAttribute("aria-current", "true");
    link.setAttribute("aria-label", `${one.name}, ${money(one.price, one.currency)}`);
    return element("li", {}, link);
  });
  const list = element("ul", { className: "swatches" }, entries);
  return element("section", { className: "family", "aria-label": "Variants" }, element("h3", { textContent: "Variants" }), list);
}

/** What the page says of a result: how many products, and how long it took. */
export function summary(search, answer) {
  const found = amount(answer.total, "product", "products");
  const searched = answer.corrected?.to ?? search.q.trim();
  const words = searched ? ` for “${searched}”` : "";
  return `${found}${words} in ${Math.max(1, Math.round(answer.took_ms))}\u00a0ms`;
}

/** The content of the product dialog. */
export function details(product) {
  return [
    closeButton(),
    element(
      "div",
      { className: "product" },
      element("div", { className: "frame large" }, picture(product.image, 420)),
      element(
        "div",
        { className: "facts" },
        element("p", { className: "brand", textContent: product.brand }),
        element("h2", { id: "product-name", tabIndex: -1, textContent: product.name }),
        stars(product.rating, product.review_count),
        element("p", { className: "price", textContent: money(product.price, product.currency) }),
        stockLine(product),
        ...paragraphs(product.description),
        ...features(product.features),
      ),
      ...specifications(product.specifications),
    ),
  ];
}

/** The product dialog while there is nothing to show yet, or where there is something wrong. */
export const message = (text, again) => [
  closeButton(),
  element("p", { id: "product-name", className: "wait", role: "status", tabIndex: -1, textContent: text }),
  again && element("p", { className: "wait again" }, again),
].filter(Boolean);

/** A button that does once more what did not work. */
export function againButton(todo) {
  const again = element("button", { type: "button", className: "outlined", textContent: "Try again" });
  again.addEventListener("click", () => todo());
  return again;
}

function closeButton() {
  const form = element("form", { method: "dialog", className: "close" });
  form.append(element("button", { "aria-label": "Close", textContent: "×" }));
  return form;
}

function stockLine(product) {
  const line = stock(product.in_stock);
  if (product.in_stock && product.stock_quantity > 0) line.textContent += `: ${product.stock_quantity}`;
  return line;
}

const paragraphs = (text) =>
  text
    .split(/\n+/)
    .filter((part) => part.trim())
    .map((part) => element("p", { className: "description", textContent: part.trim() }));

function features(list) {
  if (!list.length) return [];
  const items = list.map((feature) => element("li", { textContent: feature }));
  return [element("h3", { textContent: "Features" }), element("ul", { className: "features" }, items)];
}

function specifications(given) {
  const rows = Object.entries(given).map(([name, value]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", textContent: name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ") }),
      element("td", { textContent: plain(value) }),
    ),
  );
  if (!rows.length) return [];
  const table = element("table", {}, element("tbody", {}, rows));
  return [element("div", { className: "specifications" }, element("h3", { textContent: "Specifications" }), table)];
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
