// What the tests put on a page, for each other and for Python.

interface Window {
  generator(seed: number): () => number; // random.js
  readExplorable(): { state: object; quantities: object }; // browser.py

  // geometry.js
  redrawNow(): void;
  framesAreOver(): Promise<void>;
  readGeometry(): object;
  walkGeometry(seed: number, count: number): object[];
  presetGeometry(): object[];

  // gestures.js
  gesture(seed: number, count: number): Promise<{ faults: string[]; seen: object[] }>;
  settleDown(): Promise<void>;

  // layout.js
  layoutFaults(): string[];
  leftOut(): string[];
}
