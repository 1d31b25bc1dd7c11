/** Who is signed in in this tab; over a reload, too. */
export const session = {
  get user() {
    return sessionStorage.getItem('user');
  },
  set user(name) {
    if (name === null) sessionStorage.removeItem('user');
    else sessionStorage.setItem('user', name);
  },
  /** What the server gave out; the test server takes the name at its word. */
  get token() {
    return sessionStorage.getItem('token') ?? this.user;
  },
};
