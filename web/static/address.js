// A search as it stands in the page's address, so that it can be shared and gone back to.
//
// Everything in the address that is no parameter of its own is a filter, as in the API.

const OWN = ["q", "sort", "mode", "correct"];
const DEFAULTS = { q: "", sort: "relevance", mode: "hybrid", correct: "true" };
const NOT_FILTERS = new Set([...OWN, "facets", "facet_size", "page", "size", "cursor", "fusion", "explain", "group", "session_id"]);

/** `{q, sort, mode, correct, filters: Map(name -> Set(values))}` of an address's query. */
export function readAddress(query) {
  const parameters = new URLSearchParams(query);
  const search = { ...DEFAULTS, filters: new Map() };
  for (const name of OWN) search[name] = parameters.get(name) || DEFAULTS[name];
  for (const [name, value] of parameters) {
    if (!NOT_FILTERS.has(name) && value) valuesOf(search, name).add(value);
  }
  return search;
}

/** The values chosen in a filter; a set that may be changed. */
export function valuesOf(search, name) {
  if (!search.filters.has(name)) search.filters.set(name, new Set());
  return search.filters.get(name);
}

/** The search as query parameters, defaults left out; for the address and for the API. */
export function parametersOf(search) {
  const parameters = new URLSearchParams();
  for (const name of OWN) if (search[name] && search[name] !== DEFAULTS[name]) parameters.set(name, search[name]);
  for (const [name, values] of search.filters) for (const value of values) parameters.append(name, value);
  return parameters;
}

/** Path and query of the page that shows the search. */
export function addressOf(search) {
  const query = parametersOf(search).toString();
  return query ? `/?${query}` : "/";
}

const PRODUCT = "#product/";

export const productAddress = (id) => `${location.search}${PRODUCT}${encodeURIComponent(id)}`;

/** Id of the product that the address shows, or null. */
export function productInAddress(hash) {
  if (!hash.startsWith(PRODUCT)) return null;
  try {
    return decodeURIComponent(hash.slice(PRODUCT.length)) || null;
  } catch {
    return null; // Not something that we wrote.
  }
}
