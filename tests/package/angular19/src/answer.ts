/** What the server answers. */
export interface Answer {
  readonly user: string;
  readonly edition: number;
}
