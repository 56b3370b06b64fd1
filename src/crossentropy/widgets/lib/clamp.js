// A number, or the end of the range that is next to it.
export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
