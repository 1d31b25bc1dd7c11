/** Who is signed in; a bearer token in a variable, kept over a reload. */
export const session = {
  get user(): string | null {
    return sessionStorage.getItem('user');
  },
  set user(name: string | null) {
    if (name === null) sessionStorage.removeItem('user');
    else sessionStorage.setItem('user', name);
  },
};
