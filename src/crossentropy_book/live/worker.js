// Python, in a worker of a page: it starts, runs cells, and follows what is dragged. It has no
// document. Messages in: start, run, model. Out: progress, ready, what cells show, done, failed.

/** @type {any} */
const worker = self;
const post = (message) => worker.postMessage(message);

let python, session, widgets, cell;

// Objects of Python as those of JavaScript; infinities stay what they are.
const plain = (message) => message.toJs({ dict_converter: Object.fromEntries });

// Files come out of the browser's store when they have been here before: their address says which
// they are. The page hears how much has arrived.
async function countArrivals(runtime) {
  const real = fetch;
  let arrived = 0;
  const [kind, name] = ["live-python", `live-python ${runtime}`];
  for (const other of await caches.keys()) {
    if (other.startsWith(kind) && other !== name) caches.delete(other);
  }
  const cache = await caches.open(name);
  worker.fetch = async (file, options) => {
    const address = new URL(file.url ?? file, location.href).href;
    let response = await cache.match(address);
    if (!response) {
      response = await real(address, options);
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      // The store may be full.
      if (address.startsWith(runtime)) await cache.put(address, response.clone()).catch(() => {});
    }
    const counted = new TransformStream({
      transform(part, next) {
        arrived += part.length;
        post({ type: "progress", arrived });
        next.enqueue(part);
      },
    });
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, headers });
  };
}

// Options that keep the loader from writing to the console.
const QUIET = { messageCallback() {} };

async function start({ runtime, course, packages }) {
  await countArrivals(runtime).catch(() => {}); // where the store is denied
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  python = await loadPyodide({ indexURL: runtime });
  if (packages.length) await python.loadPackage(packages, QUIET);
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
    widgets.tell((message) => post(plain(message)));
  }
  post({ type: "ready" });
}

async function run({ cell: name, source }) {
  cell = name;
  await python.loadPackagesFromImports(source, QUIET);
  post({ type: "done", cell, ok: session.run(source) });
}

function model({ model: id, changes }) {
  const refusal = widgets.receive(id, python.toPy(changes));
  if (refusal) post({ type: "refused", text: refusal });
}

// One after the other, also where a package has to be waited for.
let queue = Promise.resolve();
worker.onmessage = ({ data }) => {
  queue = queue
    .then(() => ({ start, run, model })[data.type](data))
    .catch((error) => post({ type: "failed", cell: data.cell, text: `${error.message ?? error}` }));
};
