// Elements made from plain values. Data only ever becomes text or a property, never markup.

/**
 * An element with properties and children; a child that is null or false is left out.
 * `data-`, `aria-` and `role` properties become attributes.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "role" || name.startsWith("aria-") || name.startsWith("data-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

const covering = new Set();

/** All of the page but what lies over it can be reached while no sheet covers a narrow screen. `by`: the sheet's name. */
export function reachable(yes, by) {
  if (yes) covering.delete(by);
  else covering.add(by);
  for (const part of document.querySelectorAll(".skip, .top, main > section, main > aside:not(.open), body > footer")) part.inert = covering.size > 0;
}

const PLACEHOLDER = "/static/placeholder.svg";

/** A product's picture, or the placeholder where there is none or it cannot be had. */
export function picture(address, size) {
  const image = element("img", {
    alt: "", // The name stands beside it.
    width: size,
    height: size,
    loading: "lazy",
    decoding: "async",
    referrerPolicy: "no-referrer",
  });
  image.addEventListener("error", () => (image.src = PLACEHOLDER), { once: true });
  image.src = address || PLACEHOLDER;
  return image;
}

const WHOLE = new Intl.NumberFormat();

export const counted = (number) => WHOLE.format(number);

/** "37 products", "1 product". */
export const amount = (number, one, many) => `${counted(number)} ${number === 1 ? one : many}`;

export function money(price, currency) {
  const exact = Math.round(price * 1000) % 10 ? { minimumFractionDigits: 3 } : {};
  return new Intl.NumberFormat(undefined, { style: "currency", currency, ...exact }).format(price);
}

/** Five stars filled to the rating, with the number and how many reviews; null without reviews. */
export function stars(rating, reviews) {
  if (rating === null || rating === undefined) return null;
  const bar = element("span", { className: "stars", "aria-hidden": "true", textContent: "★★★★★" });
  bar.style.setProperty("--filled", `${(rating / 5) * 100}%`);
  const said = `Rated ${rating.toFixed(1)} of 5 by ${amount(reviews, "review", "reviews")}`;
  return element(
    "p",
    { className: "rating" },
    bar,
    element("span", { "aria-hidden": "true", textContent: `${rating.toFixed(1)} (${counted(reviews)})` }),
    element("span", { className: "unseen", textContent: said }),
  );
}

export const stock = (there) =>
  element("p", { className: there ? "stock" : "stock out", textContent: there ? "In stock" : "Out of stock" });
