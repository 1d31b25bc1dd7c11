/** The application's own server, and under `/api/` the server at `API`, where everybody is alice. */

import { createServer, request } from 'node:http';

const built = await import('./dist/app/server/server.mjs');
// Angular 19 exports its express application.
const render = built.reqHandler ?? built.default;

const server = createServer((incoming, outgoing) => {
  if (!incoming.url.startsWith('/api/')) return render(incoming, outgoing);
  const headers = { ...incoming.headers, cookie: 'user=alice' };
  const asked = request(process.env.API + incoming.url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(asked);
});
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
