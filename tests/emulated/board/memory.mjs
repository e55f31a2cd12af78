// Puts a board back to an earlier moment: everything reachable from it is noted, and later set as it was.
//
// Objects stay the same objects, so what closures refer to stays right; state that only closures hold is not
// seen, so there must be none.

export class Memory {
  constructor(root) {
    this.objects = new Map(); // object -> what was in it
    this.buffers = new Map();
    const waiting = [root];
    while (waiting.length) this.#note(waiting.pop(), waiting);
  }

  recall() {
    for (const [buffer, bytes] of this.buffers) new Uint8Array(buffer).set(bytes);
    for (const [object, was] of this.objects) {
      if (object instanceof Map) refill(object, was.entries, (map, [key, value]) => map.set(key, value));
      if (object instanceof Set) refill(object, was.entries, (set, value) => set.add(value));
      if (Array.isArray(object)) object.length = was.length;
      for (const key of Object.keys(object)) if (!was.keys.has(key)) delete object[key];
      for (const [key, value] of was.values) if (object[key] !== value) object[key] = value;
    }
  }

  #note(object, waiting) {
    if (object === null || typeof object !== 'object' || this.objects.has(object)) return;
    if (object instanceof ArrayBuffer || ArrayBuffer.isView(object)) {
      const buffer = object.buffer ?? object;
      if (!this.buffers.has(buffer)) this.buffers.set(buffer, new Uint8Array(buffer).slice());
      return;
    }
    const values = new Map();
    for (const [key, { value, writable }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (!writable || (Array.isArray(object) && key === 'length')) continue;
      values.set(key, value);
      waiting.push(value);
    }
    const entries = object instanceof Map || object instanceof Set ? [...object] : null;
    if (entries) waiting.push(...entries.flat());
    this.objects.set(object, { keys: new Set(Object.keys(object)), values, entries, length: object.length });
  }
}

function refill(collection, entries, add) {
  collection.clear();
  for (const entry of entries) add(collection, entry);
}
