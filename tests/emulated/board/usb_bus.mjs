// A host's port: sees a device's pull-up, resets it, keeps frames going, suspends it. The cable can be pulled.
//
// What travels over the port is for the subclasses: UsbHost, a computer of our own, and RawHost, which carries
// another computer's transfers. The wire never fails.

import { ControlPipe } from './usb_control.mjs';
import { UsbDevice } from './usb_device.mjs';

const MS = 1e6;
const RESET_SIGNAL = 10 * MS;
const IDLE_BEFORE_SUSPEND = 3 * MS;
const RESUME_SIGNAL = 20 * MS;

export class UsbBus {
  // `report(kind, ...values)` tells an event to the outside.
  constructor(agenda, report) {
    this.agenda = agenda;
    this.report = report;
    this.plugged = true;
    this.suspended = false;
    this.resuming = false; // suspended, and the host has begun to end that
    this.device = null;
    this.pulledUp = false;
    this.state = 'detached'; // attached, and what the subclass adds
    this.generation = 0; // grows at every reset: what was planned before it does not happen
  }

  // A chip got power; null: it lost it.
  setChip(mcu) {
    this.#leave();
    this.pulledUp = false;
    this.device = mcu
      ? new UsbDevice(mcu, {
          onPullUp: (on) => this.#onPullUp(on),
          onArmed: (endpoint, isOut) => (endpoint === 0 ? this.control.onArmed() : this.onArmed(endpoint, isOut)),
          onStall: () => this.control?.onStall(),
          onEndpointStall: (endpoint, isOut) => this.onEndpointStall(endpoint, isOut),
          onResetSeen: () => this.onResetSeen?.(),
          onRemoteWakeup: () => this.remoteWakeup(),
        })
      : null;
    this.control = mcu ? new ControlPipe(this.device, this.agenda, this.controlTimeout) : null;
  }

  // A self-powered device that loses its host sees an idle bus, which is a suspended one.
  plug(on) {
    this.plugged = on;
    if (on && this.pulledUp) this.#attach();
    if (on || this.state === 'detached') return;
    this.#leave();
    this.#suspendDevice();
  }

  suspend(on) {
    if (on === this.suspended || this.resuming) return;
    if (this.state === 'detached') return;
    if (on) {
      this.suspended = true;
      this.#suspendDevice();
      return;
    }
    this.resuming = true;
    this.device.resume();
    this.later(RESUME_SIGNAL, () => this.awake());
  }

  // Traffic goes on.
  awake() {
    if (!this.suspended) return;
    this.suspended = this.resuming = false;
    this.#frame(this.generation);
    this.resumed();
  }

  // Runs `action` after `delay` unless the device was reset or has left in between.
  later(delay, action) {
    const { generation } = this;
    this.agenda.after(delay, () => generation === this.generation && action());
  }

  // Resets the device; `then` runs `recovery` ns after it has noticed.
  resetDevice(recovery, then) {
    this.generation++;
    this.control.abandon();
    this.#frame(this.generation);
    this.onResetSeen = () => {
      this.onResetSeen = null;
      this.later(recovery, then);
    };
    this.later(RESET_SIGNAL, () => this.device.busReset());
  }

  // For subclasses: the device is there, has gone, hands over a buffer, refuses an endpoint, signals that it wants to
  // be resumed; traffic goes on.
  attached() {}
  detached() {}
  onArmed() {}
  onEndpointStall() {}
  remoteWakeup() {}
  resumed() {}

  #suspendDevice() {
    const { device, generation } = this;
    this.agenda.after(IDLE_BEFORE_SUSPEND, () => {
      const idle = (this.suspended && !this.resuming) || !this.plugged;
      if (idle && this.device === device && this.generation === generation) device.suspend();
    });
  }

  #onPullUp(on) {
    if (on === this.pulledUp) return;
    this.pulledUp = on;
    if (on && this.plugged) this.#attach();
    else if (!on) this.#leave();
  }

  #attach() {
    this.state = 'attached';
    this.suspended = this.resuming = false;
    this.device.onBus = true;
    this.report('usb', this.state);
    this.generation++;
    this.#frame(this.generation);
    this.attached();
  }

  #leave() {
    if (this.state === 'detached') return;
    this.generation++;
    this.state = 'detached';
    this.device.onBus = false;
    this.control.abandon();
    this.detached();
    this.report('usb', this.state);
  }

  #frame(generation) {
    if (generation !== this.generation || this.suspended || this.state === 'detached') return;
    this.device.startOfFrame();
    this.agenda.after(MS, () => this.#frame(generation));
  }
}
