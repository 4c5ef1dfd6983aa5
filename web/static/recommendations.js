// Rows of recommended products with their reasons; clicks are told, so that the next row knows of them.

import { productAddress } from "./address.js";
import { element, money, picture } from "./dom.js";
import { opening } from "./key.js";
import { session } from "./visit.js";

/** A row for a place on the page, or null where there is nothing to show: recommendations are never in the way. */
export async function row(title, parameters, signal) {
  const asked = new URLSearchParams({ session_id: session, limit: 6, ...parameters });
  const answer = await fetch(`/api/recommendations?${asked}`, { signal, headers: opening })
    .then((found) => (found.ok ? found.json() : null))
    .catch(() => null);
  if (!answer?.items.length) return null;
  const list = element("ul", { className: "row" }, answer.items.map(entry));
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("li");
    if (event.target.closest("a")) told("recommendation_click", chosen.dataset.product, {
      recommendation_id: answer.recommendation_id,
      position: Number(chosen.dataset.position),
      placement: answer.placement,
    });
  });
  return element("section", { className: "recommended" }, element("h3", { textContent: title }), list);
}

/** Tells that a product page was opened. */
export const viewed = (product) => told("view_product", product.product_id, {});

function told(type, productId, more) {
  fetch("/api/events", {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", ...opening },
    body: JSON.stringify({ type, session_id: session, product_id: productId, ...more }),
  }).catch(() => {});
}

function entry(item) {
  return element(
    "li",
    { className: "pick", "data-product": item.product_id, "data-position": item.position },
    picture(item.image, 120),
    element("a", { href: productAddress(item.product_id), textContent: item.name }),
    element("p", { className: "price", textContent: money(item.price, item.currency) }),
    item.reason && element("p", { className: "reason", textContent: item.reason }),
  );
}
