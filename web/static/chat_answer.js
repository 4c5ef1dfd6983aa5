// How one answer of the assistant looks: its words, products, a comparison, sources, and what may be said next.

import { productAddress } from "./address.js";
import { element, money, picture, stars } from "./dom.js";

/** A place for an answer that grows while its parts come; `whole` draws what it is in the end. */
export function answerPlace() {
  const text = element("p", { className: "said" });
  const products = element("ul", { className: "chat-products", "aria-label": "Products", hidden: true });
  const more = element("div", { className: "chat-more" });
  const place = element("div", { className: "turn assistant" }, text, products, more);
  return {
    place,
    text: (delta) => (text.textContent += delta),
    products: (found) => drawProducts(products, found, ""),
    whole(answer) {
      text.textContent = answer.message;
      drawProducts(products, answer.recommendations, answer.message);
      more.replaceChildren(...[comparison(answer), sources(answer.records), without(answer.degraded)].filter(Boolean));
    },
    trouble(sentence, again) {
      place.classList.add("failed");
      text.textContent = sentence;
      more.replaceChildren();
      if (!again) return;
      const button = element("button", { type: "button", className: "outlined", textContent: "Try again" });
      button.addEventListener("click", again);
      more.append(button);
    },
  };
}

/** The reason stands with those products that the `message` does not speak of. */
function drawProducts(list, recommendations, message) {
  list.hidden = recommendations.length === 0;
  list.replaceChildren(
    ...recommendations.map(({ product, recommendation_reason: reason }) =>
      element(
        "li",
        {},
        picture(product.image, 72),
        element(
          "div",
          {},
          element("a", { href: productAddress(product.product_id), textContent: product.name }),
          stars(product.rating, product.review_count),
          element("p", { className: "price", textContent: money(product.price, product.currency) }),
          !message.includes(product.name) && reason && element("p", { className: "reason", textContent: reason }),
        ),
      ),
    ),
  );
}

function comparison({ table, recommendations }) {
  if (!table?.length) return null;
  const names = recommendations.slice(0, table[0].values.length).map(({ product }) => product);
  const head = element(
    "tr",
    {},
    element("td"),
    names.map(({ name }) => element("th", { scope: "col", textContent: name })),
  );
  const rows = table.map((row) =>
    element(
      "tr",
      { className: row.differs ? "differs" : "" },
      element("th", { scope: "row", textContent: title(row.name) }),
      row.values.map((value) => element("td", { textContent: shown(row.name, value, names[0]) })),
    ),
  );
  const made = element("table", {}, element("thead", {}, head), element("tbody", {}, rows));
  return element("div", { className: "comparison", tabIndex: 0, role: "region", "aria-label": "Comparison" }, made);
}

const title = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

function shown(name, value, product) {
  if (value === null || value === undefined) return "–";
  if (name === "price") return money(value, product.currency);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Documents that an answer rests on; products and orders stand in the answer itself. */
function sources(records) {
  const read = records.filter(({ kind }) => kind === "knowledge");
  if (!read.length) return null;
  const items = read.map(({ title: document, section, text }) =>
    element(
      "li",
      {},
      element("b", { textContent: section ? `${document}, ${section}` : document }),
      element("p", { textContent: text }),
    ),
  );
  return element("details", { className: "sources" }, element("summary", { textContent: "Sources" }), element("ul", {}, items));
}

const without = (degraded) =>
  degraded.length
    ? element("p", { className: "notice", textContent: `Answered with less: ${degraded.join("; ")}` })
    : null;
