// What _drawing.py puts into the engine before document.js.

declare function advance(text: string, face: string): number;
declare const LOOKS: [string, Record<string, string>][];

// What document.js puts there for what runs after it.

declare const page: {
  width: number;
  still: boolean;
  frames: Map<number, (now: number) => void>;
  timers: Map<number, { callback: () => void; wait: number }>;
};
declare function runFrames(now: number): void;
declare function modelOf(state: object): any;
