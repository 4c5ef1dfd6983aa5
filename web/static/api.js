// The HTTP API. Errors become one sentence that a person can read.

import { parametersOf } from "./address.js";

/** What went wrong, as a sentence; `again`: whether the same request may succeed later. */
export class Trouble extends Error {
  constructor(sentence, again) {
    super(sentence);
    this.again = again;
  }
}

async function get(path, signal) {
  let answer;
  try {
    answer = await fetch(path, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("The shop cannot be reached. Check the connection and try again.", true);
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body;
  const sentence = body?.detail || `The shop answered with status ${answer.status}.`;
  throw new Trouble(sentence, answer.status >= 500);
}

export const PAGE_SIZE = 24;

/** One answer of GET /api/search. `facets` may be empty; `cursor` continues an earlier answer. */
export function search(asked, { facets = [], cursor = null, signal } = {}) {
  const parameters = parametersOf(asked);
  parameters.set("size", PAGE_SIZE);
  if (facets.length) parameters.set("facets", facets.join(","));
  if (facets.length) parameters.set("facet_size", 30);
  if (cursor) parameters.set("cursor", cursor);
  return get(`/api/search?${parameters}`, signal);
}

/** Suggestions for what stands in the search field. */
export const suggest = (text, signal) => get(`/api/suggest?${new URLSearchParams({ q: text, limit: 5 })}`, signal);

export const product = (id, signal) => get(`/api/products/${encodeURIComponent(id)}`, signal);

/** Names of every facet that the catalogue has now; asking for another one is an error. */
export const facetNames = async (signal) => (await get("/api/search/filters", signal)).facets;
