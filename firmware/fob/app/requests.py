"""Requests from the host: the serial port, and the one request that waits for a press.

Responses to a suspended port, which a program still has open, are kept until the port is resumed.
"""

from ..rpc import errors
from ..rpc.errors import RpcError
from ..rpc.press_reason import AGAIN, CODE, TWICE
from ..ui.led_signals import CANCELLED, NO_HOST

_TIME_STEP_CHECK_MS = 50  # how often the clock is checked while a request waits for the next time step


class Requests:
    """Reads requests and sends responses.

    Args:
        token: the Token, for the protocol's methods.
        port, keyboard: see Token.
    """

    def __init__(self, token, port, keyboard):
        self._token = token
        self._port = port
        self._keyboard = keyboard
        self._line_reader = None  # created at first use
        self.waiting = None  # the PressRequest
        self._pressed = False  # its press came, and it waits until the port is resumed
        self._unsent = []  # responses that wait until the port is resumed
        self._wakeup = None  # the remote wake-up in progress

    @property
    def is_pressed(self):
        """Whether the press came, and the request waits for the next time step or for the host."""
        return self._pressed or bool(self.waiting and self.waiting.pressed)

    def read(self):
        """Answers what has arrived."""
        token, port = self._token, self._port
        # Asked for again at the end: a host that resumes the bus between the questions has closed nothing.
        if not port.connected and not port.suspended and not port.connected:
            self._end_connection()
            return
        data = port.poll()
        if data:
            token.delivery.discard_prepared()
            token.note_activity()
            from ..rpc import dispatch
            from ..rpc.framing import LineReader

            if not self._line_reader:
                self._line_reader = LineReader()
            for line in self._line_reader.feed(data):
                reply = dispatch.answer(line, token)
                if reply:
                    self._send(reply, True)

    def reply(self, rpc_id, result=None, error=None):
        """Sends a response. `rpc_id` None: there is no request to respond to."""
        if rpc_id is not None:
            from ..rpc import dispatch

            self._send(dispatch.encode(rpc_id, result, error), error is None)

    def _end_connection(self):
        """The program has closed the port, or the token has another host."""
        self.forget()
        self._unsent = []
        self._token.end_access()
        self._token.delivery.forget_request()
        self._port.drop()
        self._line_reader = None

    # -- the request that waits for a press

    def wait_for_press(self, rpc_id, action, timeout, reason=CODE, account=None, ready=None):
        """Makes a request wait for a click; its response comes later (press_request.py). `timeout`: s.

        Presses in progress do not count for it. Raises RpcError if another request or a code is waiting.
        """
        token = self._token
        if self.waiting or token.delivery.has_request or token.delivery.waiting is not None:
            raise RpcError(errors.BUSY)
        from ..rpc.limits import count_wait
        from .press_request import PressRequest

        until_ms = token.now + timeout * 1000
        count_wait(token.access, token.now)
        token.access.extend(token.now, until_ms)
        token.account_menu.choose()
        token.gestures.forget()
        self.waiting = PressRequest(rpc_id, action, until_ms, reason, account, ready)

    def complete(self):
        """The press came: performs the request, or wakes the host first.

        A request that is not ready (a code with too little time left) continues to wait, and so does one that
        needs a second press.
        """
        if self.waiting.reason == TWICE:
            self.waiting.show_again(AGAIN)
            return
        if self._suspended and self._keyboard:
            self._pressed = True
            self._wake_host()
            return
        from ..rpc import dispatch

        token, waiting = self._token, self.waiting
        token.access.waits_full_at = 0
        if waiting.ready and dispatch.execute(waiting.ready, token)[0] is False:
            waiting.pressed = True
            waiting.until_ms = token.now + _TIME_STEP_CHECK_MS
            return
        self.waiting = None
        result, error = dispatch.execute(waiting.action, token)
        if result is not None or error is not None:
            self.reply(waiting.rpc_id, result, error)

    def cancel(self):
        """Cancels the waiting request. Returns whether there was one."""
        if not self.waiting:
            return False
        self.refuse(RpcError(errors.CANCELLED))
        return True

    def cancel_with_button(self):
        """A hold cancels the waiting request."""
        self.cancel()
        self._wake_host()
        self._token.show_once(CANCELLED)

    def refuse(self, error):
        """Answers the waiting request with an error."""
        self.reply(self.forget(), None, error)

    def forget(self):
        """Drops the waiting request. Returns its id, which still needs a response; None: there was none."""
        waiting, self.waiting = self.waiting, None
        self._pressed = False
        return waiting.rpc_id if waiting else None

    def accounts_changed(self):
        """Refuses the waiting request if its account is gone."""
        account = self.waiting and self.waiting.account
        if account and account not in self._token.store:
            self.refuse(RpcError(errors.NOT_FOUND, account))

    def expire(self):
        """Checks the waiting request's time-out. A press that waits for the host still counts."""
        waiting = self.waiting
        if waiting and not self._pressed and self._token.now >= waiting.until_ms:
            if waiting.pressed:
                self.complete()
            else:
                self.refuse(RpcError(errors.NO_PRESS))

    # -- a suspended port

    @property
    def _suspended(self):
        return not self._port.connected and self._port.suspended

    def _send(self, reply, wake):
        """Sends a response, or keeps it until the port is resumed. `wake`: wakes the host for it."""
        if not self._suspended:
            self._port.write(reply)
            return
        self._unsent.append(reply)
        if wake:
            self._wake_host()

    def _wake_host(self):
        if self._suspended and self._keyboard and not self._wakeup:
            from ..hid.wake import RemoteWakeup

            self._wakeup = RemoteWakeup(self._keyboard)

    def resume(self):
        """Continues what waited for the port to be resumed. A host that did not wake gets an error later."""
        awake = self._wakeup and self._wakeup.step(self._token.now)
        if awake is not None:
            self._wakeup = None
        if self._pressed and awake is False:
            self._token.delivery.refuse("no-host", NO_HOST)
            self.refuse(RpcError(errors.HOST, "no host, or asleep"))
        elif self._pressed and awake and self._port.connected:
            self._pressed = False
            self.complete()
        while self._unsent and self._port.connected:
            self._port.write(self._unsent.pop(0))
