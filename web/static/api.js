// The HTTP API. Errors become one sentence that a person can read.

import { parametersOf } from "./address.js";
import { opening } from "./key.js";
import { session } from "./visit.js";

/** What went wrong, as a sentence; `again`: whether the same request may succeed later. */
export class Trouble extends Error {
  constructor(sentence, again) {
    super(sentence);
    this.again = again;
  }
}

const PASSING = ["search-timeout", "search-unavailable", "overloaded"];

/** What a shopper is told of an answer that is none: of trouble that passes only that, else what the API says. */
export function sentenceOf(status, told) {
  if (PASSING.some((kind) => told?.type === `/problems/${kind}`)) return "The shop is busy just now. Try again in a moment.";
  return told?.detail || `The shop answered with status ${status}.`;
}

const get = (path, signal, more = {}) => ask(path, { signal, headers: { Accept: "application/json", ...opening, ...more } });

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("The shop cannot be reached. Check the connection and try again.", true);
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body;
  throw new Trouble(sentenceOf(answer.status, body), answer.status >= 500);
}

export const PAGE_SIZE = 24;

/**
 * One answer of GET /api/search, or with a `picture` (a File) of POST /api/search/image. `facets` may be empty; `cursor`
 * continues an earlier answer; `typing`: the words may not be complete yet, so the search should not be counted.
 */
export function search(asked, { facets = [], cursor = null, typing = false, picture = null, signal } = {}) {
  const parameters = parametersOf(asked);
  parameters.set("size", PAGE_SIZE);
  parameters.set("group", "parent"); // One card a family, which shows the variant that fits best.
  if (facets.length) parameters.set("facets", facets.join(","));
  if (facets.length) parameters.set("facet_size", 30);
  if (cursor) parameters.set("cursor", cursor);
  const visit = typing ? { "X-Session-Id": session, "X-Typing": "true" } : { "X-Session-Id": session };
  if (picture === null) return get(`/api/search?${parameters}`, signal, visit);
  const body = new FormData();
  body.set("image", picture);
  for (const unused of ["mode", "correct"]) parameters.delete(unused); // They mean nothing beside a picture.
  return ask(`/api/search/image?${parameters}`, { method: "POST", body, signal, headers: { ...opening, ...visit } });
}

/** Suggestions for what stands in the search field. */
export const suggest = (text, signal) => get(`/api/suggest?${new URLSearchParams({ q: text, limit: 5 })}`, signal);

/** The variants of a family, those in stock first; none where they cannot be had. */
export const variants = (parentId, signal) =>
  get(`/api/search?${new URLSearchParams({ group_id: parentId, size: 30 })}`, signal, { "X-Typing": "true" })
    .then((answer) => answer.hits)
    .catch(() => []);

export const product = (id, signal) => get(`/api/products/${encodeURIComponent(id)}`, signal);
