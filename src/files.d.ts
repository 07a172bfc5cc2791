/** Addresses of the files of this build, beside the script, with their versions. The build makes it. */
declare module 'waymark:files' {
  export const more: string;
  export const asked: string;
  export const formats: string;
  export const consent: string;
  export const told: string;
  export const models: string;
  export const arrivals: string;
}
