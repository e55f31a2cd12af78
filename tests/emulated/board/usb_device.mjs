// The RP2040's USB controller as the wire sees it: buffers taken and filled, bus reset, suspend, frames.
//
// Replaces the parts of rp2040js's controller that answer at once by ones that wait for the host: a buffer the
// firmware hands over stays handed over until the host polls for it (RP2040 data sheet 4.1.2.5). Data toggles,
// errors on the wire and isochronous endpoints are not modelled.

const AVAILABLE = 1 << 10;
const STALL = 1 << 11;
const FULL = 1 << 15;
const LENGTH = 0x3ff;
const SECOND_BUFFER = 16; // shift in the buffer control word
const SECOND_BUFFER_OFFSET = 64;

const FIRST_BUFFER_CONTROL = 0x80;
const LAST_BUFFER_CONTROL = 0xfc;
const EP0_BUFFER = 0x100;
const DOUBLE_BUFFERED = 1 << 30;

const SOF_RD = 0x48;
const SIE_STATUS = 0x50;
const PULLUP_EN = 1 << 16; // SIE_CTRL, as is the next one
const SIGNAL_RESUME = 1 << 12; // clears itself
const SUSPENDED = 1 << 4; // SIE_STATUS, as are the next three
const RESUME = 1 << 11;
const CONNECTED = 1 << 16;
const BUS_RESET = 1 << 19;
const INTR_DEV_SOF = 1 << 17;

const name = (endpoint, isOut) => `${endpoint}${isOut ? 'out' : 'in'}`;

export class UsbDevice {
  // `events`: {onPullUp(on), onArmed(endpoint, isOut), onStall() of endpoint 0, onEndpointStall(endpoint, isOut),
  // onResetSeen(), onRemoteWakeup()}, called while the chip runs.
  constructor(mcu, events) {
    this.mcu = mcu;
    this.controller = mcu.usbCtrl;
    this.view = mcu.usbDPRAMView;
    this.events = events;
    this.armedBuffers = new Set();
    this.stalledEndpoints = new Set(); // but for endpoint 0, whose stalls end by themselves
    this.frame = 0;
    this.onBus = false;
    this.#hook();
  }

  armed(endpoint, isOut) {
    return this.armedBuffers.has(name(endpoint, isOut));
  }

  stalled(endpoint, isOut) {
    return this.stalledEndpoints.has(name(endpoint, isOut));
  }

  disarm(endpoint) {
    this.armedBuffers.delete(name(endpoint, true));
    this.armedBuffers.delete(name(endpoint, false));
  }

  setup(packet) {
    this.disarm(0);
    this.controller.sendSetupPacket(packet);
  }

  // The host reads an armed IN buffer.
  takeIn(endpoint) {
    const at = this.#bufferControlAt(endpoint, false);
    const word = this.view.getUint32(at, true);
    const second = !(word & AVAILABLE) && this.#isDoubleBuffered(endpoint);
    const shift = second ? SECOND_BUFFER : 0;
    const from = this.#bufferAt(endpoint, false) + (second ? SECOND_BUFFER_OFFSET : 0);
    const data = this.mcu.usbDPRAM.slice(from, from + ((word >>> shift) & LENGTH));
    const left = (word & ~((AVAILABLE | FULL) << shift)) >>> 0;
    this.view.setUint32(at, left, true);
    const more = !second && this.#isDoubleBuffered(endpoint) && (left >>> SECOND_BUFFER) & AVAILABLE;
    if (!more) {
      this.armedBuffers.delete(name(endpoint, false));
      this.controller.indicateBufferReady(endpoint, false);
    }
    return data;
  }

  // How many bytes an armed OUT buffer takes.
  room(endpoint) {
    return this.view.getUint32(this.#bufferControlAt(endpoint, true), true) & LENGTH;
  }

  // The host fills an armed OUT buffer.
  giveOut(endpoint, data) {
    const at = this.#bufferControlAt(endpoint, true);
    const word = this.view.getUint32(at, true);
    this.mcu.usbDPRAM.set(data, this.#bufferAt(endpoint, true));
    this.view.setUint32(at, ((word & ~(AVAILABLE | LENGTH)) | FULL | data.length) >>> 0, true);
    this.armedBuffers.delete(name(endpoint, true));
    this.controller.indicateBufferReady(endpoint, true);
  }

  busReset() {
    this.armedBuffers.clear();
    this.stalledEndpoints.clear();
    this.#raise(BUS_RESET);
  }

  suspend() {
    this.#raise(SUSPENDED);
  }

  resume() {
    this.#raise(RESUME);
  }

  startOfFrame() {
    this.frame = (this.frame + 1) & 0x7ff;
    if (!(this.controller.intEnable & INTR_DEV_SOF)) return;
    this.controller.intRaw |= INTR_DEV_SOF;
    this.controller.checkInterrupts();
  }

  #raise(status) {
    this.controller.sieStatus |= status;
    this.controller.sieStatusUpdated();
  }

  #hook() {
    const { controller, events } = this;
    const [read, write] = [controller.readUint32.bind(controller), controller.writeUint32.bind(controller)];
    controller.DPRAMUpdated = (at, word) => this.#bufferControlWritten(at, word);
    controller.handleSieCtrlWrite = (value) => {
      controller.sieCtrl = value & ~SIGNAL_RESUME;
      if (value & SIGNAL_RESUME) events.onRemoteWakeup();
      events.onPullUp((value & PULLUP_EN) !== 0);
    };
    controller.readUint32 = (offset) => {
      if (offset !== SOF_RD) return read(offset);
      controller.intRaw &= ~INTR_DEV_SOF; // reading the frame number acknowledges
      controller.checkInterrupts();
      return this.frame;
    };
    controller.writeUint32 = (offset, value) => {
      const cleared = offset === SIE_STATUS ? controller.rawWriteValue : 0;
      if (cleared & SUSPENDED) controller.sieStatus &= ~SUSPENDED; // rp2040js does not let it be cleared
      write(offset, value);
      if (offset === SIE_STATUS && this.onBus) controller.sieStatus |= CONNECTED;
      if (cleared & BUS_RESET) events.onResetSeen();
    };
  }

  #bufferControlWritten(at, word) {
    if (at < FIRST_BUFFER_CONTROL || at > LAST_BUFFER_CONTROL) return;
    const endpoint = (at - FIRST_BUFFER_CONTROL) >> 3;
    const isOut = (at & 4) !== 0;
    const isStalled = (word & STALL) !== 0 && !(word & AVAILABLE);
    if (endpoint === 0 && word & STALL) this.events.onStall();
    else if (endpoint !== 0 && isStalled) this.#stall(endpoint, isOut);
    else if (word & AVAILABLE || (word >>> SECOND_BUFFER) & AVAILABLE) {
      this.stalledEndpoints.delete(name(endpoint, isOut));
      this.armedBuffers.add(name(endpoint, isOut));
      this.events.onArmed(endpoint, isOut);
    } else this.stalledEndpoints.delete(name(endpoint, isOut));
  }

  #stall(endpoint, isOut) {
    this.armedBuffers.delete(name(endpoint, isOut));
    this.stalledEndpoints.add(name(endpoint, isOut));
    this.events.onEndpointStall(endpoint, isOut);
  }

  #bufferControlAt(endpoint, isOut) {
    return FIRST_BUFFER_CONTROL + endpoint * 8 + (isOut ? 4 : 0);
  }

  #endpointControl(endpoint, isOut) {
    return endpoint === 0 ? 0 : this.view.getUint32(endpoint * 8 + (isOut ? 4 : 0), true);
  }

  #bufferAt(endpoint, isOut) {
    return endpoint === 0 ? EP0_BUFFER : this.#endpointControl(endpoint, isOut) & 0xffc0;
  }

  #isDoubleBuffered(endpoint) {
    return (this.#endpointControl(endpoint, false) & DOUBLE_BUFFERED) !== 0;
  }
}
