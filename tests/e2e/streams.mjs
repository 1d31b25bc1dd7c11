/** The event streams of pages, counted on their way to a server: the browsers tell less of them than the network. */

import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/**
 * Hands every request on to the server at `origin`, and counts those for `path` that come from pages whose address has a
 * `?page=<name>`: `{ origin, of(name), stop() }`, where `of` answers `{ begun, ended }`, which go on counting.
 */
export async function countStreams(origin, path) {
  const pages = new Map();
  const of = (name) => pages.get(name) ?? pages.set(name, { begun: 0, ended: 0 }).get(name);

  const http = createServer((request, response) => {
    if (request.url.split('?')[0] === path) {
      const streams = of(new URL(request.headers.referer).searchParams.get('page'));
      streams.begun++;
      response.on('close', () => streams.ended++);
    }
    const onward = ask(origin + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers).flushHeaders();
      answer.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const stop = async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  };
  return { origin: `http://127.0.0.1:${http.address().port}`, of, stop };
}
