/** What the test server knows of its users, and the contract headers it sends for them. */

/** One user: what is stored on the server, and the version it stamps responses with. */
export class User {
  /** `undefined`: the version is not known, and responses carry none (H4a). */
  version = 1;
  /** Sent as `X-Cache-Scope` unless `undefined`. */
  scope;
  /** `undefined`: `X-Cache-Enabled` is not sent. */
  enabled;
  /** Counts the changes of this user's data; every body says it. */
  edition = 1;
  /** What this cache may do with the responses; not sent if `undefined`. */
  policy = 'max-age=300';
  /** `false`: an edit does not raise the version. */
  versioned = true;

  constructor(name) {
    this.name = name;
    this.scope = `scope-of-${name}`;
  }

  /** Somebody changed this user's data: committed first, then stamped as newer (H2). */
  edit() {
    this.edition++;
    if (this.versioned) this.version++;
  }

  /** The headers of a response stamped now. */
  stamp() {
    const headers = { 'Cache-Control': 'private, no-store' };
    if (this.policy !== undefined) headers['Hybrid-Cache-Control'] = this.policy;
    if (this.version !== undefined) headers['X-Cache-Version'] = String(this.version);
    if (this.scope !== undefined) headers['X-Cache-Scope'] = this.scope;
    if (this.enabled !== undefined) headers['X-Cache-Enabled'] = String(this.enabled);
    return headers;
  }
}

/** Users by name, made when they are first spoken of. */
export class Users {
  #all = new Map();

  get(name) {
    if (!this.#all.has(name)) this.#all.set(name, new User(name));
    return this.#all.get(name);
  }
}
