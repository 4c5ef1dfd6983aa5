// Whose search it is, as far as the query log needs it: an id of this visit that says nothing of the person, gone with
// the tab.

import { opening } from "./key.js";

const KEY = "shopscout-session";

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The id of this visit; one for this page alone where the browser keeps nothing. */
export const session = (() => {
  try {
    const known = sessionStorage.getItem(KEY) ?? newId();
    sessionStorage.setItem(KEY, known);
    return known;
  } catch {
    return newId();
  }
})();

/** Tells that a product was opened from the hits of a search. Nobody waits for it, and nothing depends on it. */
export function clicked(searchId, productId, position) {
  fetch(`/api/search/${searchId}/clicks`, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", ...opening },
    body: JSON.stringify({ product_id: productId, position }),
  }).catch(() => {});
}
