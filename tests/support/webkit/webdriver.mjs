/** A session of a W3C WebDriver, which looks at one window at a time. <https://www.w3.org/TR/webdriver2/> */

import { LIMIT, until } from '../deadline.mjs';
import { freePort, serve } from '../process.mjs';

export class WebDriver {
  stopped = false;
  #turn = Promise.resolve();

  constructor(driver, address, id) {
    this.driver = driver;
    this.session = `${address}/session/${id}`;
  }

  /** Starts a driver that takes `--port=`, and a session. */
  static async start(program, { env }) {
    const port = await freePort();
    const driver = await serve(program, [`--port=${port}`], { env });
    const address = `http://127.0.0.1:${port}`;
    try {
      await until(`${program} to listen`, () => fetch(`${address}/status`).then(() => true, () => false));
      const { sessionId } = await send('POST', `${address}/session`, { capabilities: {} });
      return new WebDriver(driver, address, sessionId);
    } catch (error) {
      await driver.stop();
      throw error;
    }
  }

  /** One command of the session, for instance `call('GET', '/window/handles')`. */
  call(method, path, body) {
    return send(method, this.session + path, body);
  }

  /** Does something in this window, while nobody else changes to another. */
  within(window, work) {
    const turn = this.#turn.then(async () => {
      await this.call('POST', '/window', { handle: window });
      return work();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Ends the session, and the browser with it. */
  async stop() {
    this.stopped = true;
    await send('DELETE', this.session).catch(() => {});
    await this.driver.stop();
  }
}

async function send(method, address, body) {
  // A driver whose page hangs does not answer, and takes no other command meanwhile.
  const signal = AbortSignal.timeout(3 * LIMIT);
  const response = await fetch(address, { method, body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined, signal });
  const { value } = await response.json();
  if (response.ok) return value;
  throw new Error(`${method} ${new URL(address).pathname}: ${value.error}: ${value.message}`);
}
