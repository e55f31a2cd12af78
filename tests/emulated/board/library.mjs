// Loading rp2040js from where it is installed, and what a board is built from as it comes over the wire.

import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

register('./decoder.mjs', import.meta.url);

export async function loadLibrary(directory) {
  const module = (name) => import(pathToFileURL(path.join(directory, 'dist/esm', name)).href);
  const { RP2040, BasePeripheral } = await module('index.js');
  const { SimulationClock } = await module('clock/simulation-clock.js');
  return { RP2040, BasePeripheral, SimulationClock };
}

// The options of a Board from those of the command "build", whose bytes are base64.
export function buildOptions({ image, bootRom, ...options }) {
  const rom = new Uint32Array(Uint8Array.from(Buffer.from(bootRom, 'base64')).buffer);
  return { ...options, image: Buffer.from(image, 'base64'), bootRom: rom };
}
