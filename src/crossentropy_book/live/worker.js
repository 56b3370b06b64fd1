// Python, in a worker of a page: it starts, runs cells, and follows what is dragged. It has no
// document. Messages in: start, run, model. Out: progress, ready, what cells show, done, failed.

/** @type {any} */
const worker = self;
const post = (message) => worker.postMessage(message);

let python, session, widgets, cell;

// Objects of Python as those of JavaScript; infinities stay what they are.
const plain = (message) => message.toJs({ dict_converter: Object.fromEntries });

// Files come out of the browser's store when they have been here before: their address says which
// they are. The page hears how much has arrived, and when none of it can be kept.
const keeping = [];
async function countArrivals(runtime) {
  const real = fetch;
  let arrived = 0;
  let isTold = false;
  const tell = (error) => {
    // Where the network goes in the middle of a file there is nothing to keep.
    if (isTold || (error.name !== "QuotaExceededError" && error.name !== "SecurityError")) return;
    isTold = true;
    post({ type: "unkept" });
  };
  const cache = await openStore(runtime).catch((error) => void tell(error));
  worker.fetch = async (file, options) => {
    const asked = new URL(file.url ?? file, location.href).href;
    const isPacked = asked.startsWith(runtime) && asked.endsWith(".wasm"); // fetch.py says why
    const address = isPacked ? `${asked}.zlib` : asked;
    const kept = await cache?.match(address);
    const response = kept ?? await real(address, options);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const counted = new TransformStream({
      transform(part, next) {
        arrived += part.length;
        post({ type: "progress", arrived });
        next.enqueue(part);
      },
    });
    const { status, headers } = response;
    const whole = new Response(response.body.pipeThrough(counted), { status, headers });
    if (cache && !kept && address.startsWith(runtime)) {
      keeping.push(cache.put(address, whole.clone()).catch(tell));
    }
    if (!isPacked) return whole;
    const unpacked = whole.body.pipeThrough(new DecompressionStream("deflate"));
    return new Response(unpacked, { headers: { "Content-Type": "application/wasm" } });
  };
}

async function openStore(runtime) {
  const [kind, name] = ["live-python", `live-python ${runtime}`];
  for (const other of await caches.keys()) {
    if (other.startsWith(kind) && other !== name) caches.delete(other);
  }
  return caches.open(name);
}

// The loader does not throw where a package does not arrive; it says so.
async function load(how, what) {
  const faults = [];
  await python[how](what, {
    checkIntegrity: true,
    messageCallback() {},
    errorCallback: (text) => faults.push(text),
  });
  if (faults.length) throw new Error(faults.at(-1));
}

let later = {}; // packages that a cell needs when it says certain words

async function start({ runtime, course, packages, ...rest }) {
  ({ later } = rest);
  await countArrivals(runtime);
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  python = await loadPyodide({ indexURL: runtime });
  if (packages.length) await load("loadPackage", packages);
  const files = await fetch(course);
  python.unpackArchive(await files.arrayBuffer(), "zip", { extractDir: "/course" });
  python.runPython(`
import logging, os, sys
logging.getLogger("matplotlib").setLevel(logging.ERROR)
sys.path.insert(0, "/course")
os.environ.update(MPLBACKEND="agg", MPLCONFIGDIR="/course", CROSSENTROPY_STILLS="0")
`);
  session = python.pyimport("session").Session((message) => post({ cell, ...plain(message) }));
  if (packages.includes("traitlets")) {
    widgets = python.pyimport("anywidget");
    widgets.tell(session.tell);
  }
  worker.onunhandledrejection = null; // a cell may have promises of its own
  post({ type: "ready" });
}

async function run({ cell: name, source }) {
  cell = name;
  try {
    for (const [wanted, { pattern, size }] of Object.entries(later)) {
      if (!new RegExp(pattern).test(source)) continue;
      if (!(wanted in python.loadedPackages)) post({ type: "needs", wanted, size });
      await load("loadPackage", [wanted]);
    }
    await load("loadPackagesFromImports", source);
  } catch (error) {
    const text = `What this cell needs did not arrive. Run it again when you are online.\n${error.message}`;
    post({ type: "error", cell, name: "", text });
    post({ type: "done", cell, ok: false });
    return;
  }
  post({ type: "done", cell, ok: session.run(source) });
}

function model({ model: id, changes }) {
  const refusal = widgets.receive(id, python.toPy(changes));
  if (refusal) post({ type: "refused", text: refusal });
}

// One after the other, also where a package has to be waited for.
let queue = Promise.resolve();
worker.onmessage = ({ data }) => {
  queue = queue.then(() => ({ start, run, model })[data.type](data)).catch(fail);
};

// With this the worker ends. What still arrives is kept for the next one, as far as it comes soon.
async function fail(error) {
  await Promise.race([Promise.all(keeping), new Promise((resume) => setTimeout(resume, 5000))]);
  post({ type: "failed", text: `${error.message ?? error}` });
}

// The loader waits for some files when it has them already, or not.
worker.onunhandledrejection = (event) => {
  event.preventDefault();
  fail(event.reason);
};
