/** Names of formats whose collectors know no event that comes twice. Apart from the formats: a page has to know it before their code is there. */
export const ONCE = /^(umami|plausible)$/;
