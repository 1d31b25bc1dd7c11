/**
 * Appends `Cache-Status` (RFC 9211) to a response of the network: what other caches have said stays in front. Its headers
 * cannot be changed; they are copied when somebody reads them.
 */
export function label(response: Response, status: string): Response {
  const original = response.headers;
  let headers: Headers | undefined;
  return Object.defineProperty(response, 'headers', {
    configurable: true,
    get: () => {
      if (!headers) (headers = new Headers(original)).append('Cache-Status', status);
      return headers;
    },
  });
}
