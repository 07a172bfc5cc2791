/** The mark that a shared link bears. It says nothing of the person: a random number, and a count. */
export interface ShareToken {
  /** 12 random hex digits, another for every share. */
  token: string;
  /** How many people passed it on, from 1 to 20: 1 where whoever shared it had not come by a share. */
  depth: number;
}
