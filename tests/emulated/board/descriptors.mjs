// Reading USB descriptors: interfaces and endpoints of a configuration, the keyboard in a HID report descriptor.

const INTERFACE = 4;
const ENDPOINT = 5;
const HID = 0x21;
const CLASS_INTERFACE = 0x24;
const CDC_UNION = 6;

export const CLASS = { cdc: 2, hid: 3, storage: 8, cdcData: 10 };
export const INTERRUPT = 3; // type of an endpoint

// [{number, class, protocol, nameIndex, in, out, reportLength, dataInterface}]; in and out are
// {endpoint, interval, type, size}.
export function parseConfiguration(bytes) {
  const interfaces = [];
  for (let at = 0; at < bytes.length && bytes[at]; at += bytes[at]) {
    const item = bytes.subarray(at, at + bytes[at]);
    const current = interfaces.at(-1);
    if (item[1] === INTERFACE) {
      interfaces.push({ number: item[2], class: item[5], protocol: item[7], nameIndex: item[8] });
    } else if (item[1] === ENDPOINT) {
      const [endpoint, type, interval] = [item[2] & 0x0f, item[3] & 3, item[6]];
      current[item[2] & 0x80 ? 'in' : 'out'] = { endpoint, interval, type, size: item.readUInt16LE(4) };
    } else if (item[1] === HID) current.reportLength = item.readUInt16LE(7);
    else if (item[1] === CLASS_INTERFACE && item[2] === CDC_UNION) current.dataInterface = item[4];
  }
  return interfaces;
}

const ITEM = { usagePage: 0x04, reportId: 0x84, usage: 0x08, collection: 0xa0 };
const GENERIC_DESKTOP = 1;
const KEYBOARD = 6;

// {reportId} of the first keyboard collection (0: reports carry no id), or null when there is no keyboard
// (HID 1.11, section 6.2.2).
export function findKeyboard(descriptor) {
  let usagePage = 0;
  let usage = 0;
  let inKeyboard = false;
  for (let at = 0; at < descriptor.length; ) {
    const prefix = descriptor[at];
    const size = [0, 1, 2, 4][prefix & 3];
    const value = size ? descriptor.readUIntLE(at + 1, size) : 0;
    const tag = prefix & ~3;
    if (tag === ITEM.usagePage) usagePage = value;
    else if (tag === ITEM.usage) usage = value;
    else if (tag === ITEM.collection && !inKeyboard) {
      inKeyboard = usagePage === GENERIC_DESKTOP && usage === KEYBOARD;
    } else if (tag === ITEM.reportId && inKeyboard) return { reportId: value };
    at += 1 + size;
  }
  return inKeyboard ? { reportId: 0 } : null;
}
