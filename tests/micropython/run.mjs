// Runs one script in a fresh MicroPython VM. Reads a JSON request on stdin:
//   {"package": directory of the VM's npm package, "script": text, "files": {path: base64}}
// Files appear below the VM's /fw, which is first on its import path. What the script prints goes to stdout; an
// uncaught exception goes to stderr as its traceback, with exit status 1.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = "/fw";
const request = JSON.parse(readFileSync(0, "utf8"));
const { loadMicroPython } = await import(pathToFileURL(join(request.package, "micropython.mjs")));
const lines = [];
const vm = await loadMicroPython({ heapsize: 4 << 20, stdout: (line) => lines.push(line + "\n") });

for (const [path, content] of Object.entries(request.files)) {
  const target = join(ROOT, path);
  vm.FS.mkdirTree(dirname(target));
  vm.FS.writeFile(target, Buffer.from(content, "base64"));
}
vm.runPython(`import sys\nsys.path.insert(0, "${ROOT}")`);
try {
  vm.runPython(request.script);
} catch (error) {
  process.stderr.write(error.message + "\n");
  process.exitCode = 1;
}
process.stdout.write(lines.join(""));
