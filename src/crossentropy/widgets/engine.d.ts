// What _drawing.py puts into the engine before document.js.

declare function advance(text: string, face: string): number;
declare const LOOKS: [string, Record<string, string>][];
