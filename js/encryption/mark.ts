/** How the request key of a sealed entry ends. What is sealed and what is not are never found in each other's place. */
export const SEALED = '\n(sealed): 1';
