"""A small driver for a real Chromium over its DevTools protocol.

One process, one *page* per signed-in person (separate browser contexts, so
cookies are not shared). Clicks and touches are real input events at the centre
of the element, therefore an element that is covered, disabled or outside the
screen is not "clicked" by accident.
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket

FLAGS = (
    "--headless=new",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--hide-scrollbars",
    "--lang=vi-VN",
    "--accept-lang=vi-VN,vi",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class BrowserError(AssertionError):
    """The page did not do what a person would expect."""


class Chrome:
    """A Chromium process. Close it with :meth:`close`."""

    def __init__(self, executable=None, flags=()):
        self._profile = tempfile.mkdtemp(prefix="vanban-chrome-")
        command = [executable or shutil.which("chromium") or shutil.which("google-chrome"), *FLAGS, *flags]
        if os.geteuid() == 0:
            command.append("--no-sandbox")
        command += [f"--user-data-dir={self._profile}", "about:blank"]
        with open(Path(self._profile, "stderr.log"), "wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._ids = itertools.count(1)
        self._pages = {}
        self._socket = websocket.create_connection(self._endpoint(), timeout=60, max_size=None)

    def _endpoint(self):
        port_file = Path(self._profile, "DevToolsActivePort")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if port_file.exists() and port_file.read_text().count("\n") >= 1:
                port = port_file.read_text().split()[0]
                version = requests.get(f"http://127.0.0.1:{port}/json/version", timeout=10).json()
                return version["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise BrowserError("Chromium did not start: " + Path(self._profile, "stderr.log").read_text()[-2000:])

    def command(self, method, params=None, session=None, timeout=60):
        """Send one DevTools command and return its result; events on the way are kept by their page."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            answer = self._receive(deadline - time.monotonic())
            if answer is not None and answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error'].get('message')}")
                return answer.get("result", {})
        raise BrowserError(f"{method}: no answer within {timeout} s")

    def _receive(self, timeout):
        self._socket.settimeout(max(timeout, 0.05))
        try:
            answer = json.loads(self._socket.recv())
        except websocket.WebSocketTimeoutException:
            return None
        page = self._pages.get(answer.get("sessionId"))
        if page is not None and "method" in answer:
            page._on_event(answer["method"], answer["params"])
        return answer

    def drain(self):
        """Handle the events that are waiting, without blocking."""
        while self._receive(0.0) is not None:
            pass

    def page(self, width, height, mobile=False):
        """A page in a browser context of its own, i.e. another person at another machine."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self.command("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self._pages[session] = Page(self, session, context, width, height, mobile)
        page._prepare()
        return page

    def close(self):
        try:
            self._socket.close()
        finally:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            shutil.rmtree(self._profile, ignore_errors=True)


#: nothing but the element that was aimed at gets the click, also when a slow screen moves in between
GUARD = """
(el) => {
    const kinds = ["pointerdown", "mousedown", "touchstart", "pointerup", "mouseup", "touchend", "click"];
    const old = window.aim, aim = {missed: false, decided: false};
    if (old) kinds.forEach((kind) => window.removeEventListener(kind, old.listen, true));
    aim.listen = (event) => {
        if (!aim.decided) {
            aim.decided = true;
            aim.missed = !(el.contains(event.target) || event.target.contains(el));
        }
        if (aim.missed) {
            event.stopImmediatePropagation();
            if (event.cancelable) event.preventDefault();
        }
    };
    kinds.forEach((kind) => window.addEventListener(kind, aim.listen, {capture: true, passive: false}));
    window.aim = aim;
}
"""

FIND = """
(selector, text, all) => {
    const shown = (el) => {
        const box = el.getBoundingClientRect();
        const style = getComputedStyle(el);
        return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.display !== "none";
    };
    const plain = (value) => (value || "").replace(/\\s+/g, " ").trim();
    const found = [...document.querySelectorAll(selector)].filter(
        (el) => shown(el) && (!text || plain(el.innerText || el.value).includes(text))
    );
    if (!text) return found;
    // the closest match first: exact text before longer texts
    return found.sort((a, b) => plain(a.innerText).length - plain(b.innerText).length);
}
"""


class Page:
    """One tab of one person."""

    def __init__(self, chrome, session, context, width, height, mobile):
        self._chrome, self._session, self._context = chrome, session, context
        self.width, self.height, self.mobile = width, height, mobile
        self.errors = []

    def _prepare(self):
        for domain in ("Page", "Runtime", "Network", "DOM"):
            self.command(f"{domain}.enable")
        self.command(
            "Emulation.setDeviceMetricsOverride",
            {"width": self.width, "height": self.height, "deviceScaleFactor": 1, "mobile": self.mobile},
        )
        self.command("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.command("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Ho_Chi_Minh"})
        self.command("Emulation.setLocaleOverride", {"locale": "vi-VN"})
        if self.mobile:
            self.command("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
            self.command("Emulation.setEmitTouchEventsForMouse", {"enabled": True, "configuration": "mobile"})

    def _on_event(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append((details.get("exception") or {}).get("description") or details.get("text"))
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            text = " ".join(str(arg.get("value") or arg.get("description") or "") for arg in params["args"])
            self.errors.append(text)
        elif method == "Network.responseReceived" and params["response"]["status"] >= 500:
            self.errors.append(f"HTTP {params['response']['status']} {params['response']['url']}")
        elif method == "Page.javascriptDialogOpening":
            # "leave the page?" is never wanted: a test that loses data fails later with a better message
            self.errors.append("dialog: " + params["message"])

    def command(self, method, params=None, timeout=60):
        return self._chrome.command(method, params, self._session, timeout)

    def evaluate(self, expression, *args):
        """Value of a JavaScript expression; with ``args`` the expression is a function that is called with them."""
        if args:
            expression = f"({expression})({', '.join(json.dumps(arg) for arg in args)})"
        result = self.command(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True}
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError((details.get("exception") or {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait(self, expression, *args, timeout=20, what=None):
        """Wait until the expression is true and return its value."""
        deadline = time.monotonic() + timeout
        problem = None
        while time.monotonic() < deadline:
            try:
                value = self.evaluate(expression, *args)
                if value:
                    return value
            except BrowserError as error:  # e.g. the page is just being replaced
                problem = error
            time.sleep(0.08)
        raise BrowserError(
            f"not seen within {timeout} s: {what or (expression, args)} {problem or ''}\n"
            f"page says: {self.text()[-1500:]}\nerrors: {self.errors[-3:]}"
        )

    def text(self):
        return self.evaluate("document.body ? document.body.innerText : ''") or ""

    def goto(self, url):
        self.command("Page.navigate", {"url": url})
        self.wait("document.readyState === 'complete'")

    def exists(self, selector, text=None):
        return bool(self.evaluate(f"(selector, text) => ({FIND})(selector, text).length", selector, text))

    def see(self, selector, text=None, timeout=20):
        """Wait until a visible element with that text is there."""
        self.wait(
            f"(selector, text) => ({FIND})(selector, text).length", selector, text, timeout=timeout,
            what=f"{selector} {text or ''}",
        )

    def gone(self, selector, text=None, timeout=20):
        self.wait(
            f"(selector, text) => !({FIND})(selector, text).length", selector, text, timeout=timeout,
            what=f"no {selector} {text or ''}",
        )

    def _point(self, selector, text, timeout):
        """Centre of the element once it stands still, is enabled, and is really the topmost thing there."""
        script = f"""
        async (selector, text) => {{
            const el = ({FIND})(selector, text)[0];
            if (!el || el.disabled) return null;
            el.scrollIntoView({{block: "center", inline: "nearest", behavior: "instant"}});
            const before = el.getBoundingClientRect();
            await new Promise((resolve) => setTimeout(resolve, 60));
            const box = el.getBoundingClientRect();
            if (!el.isConnected || Math.abs(box.top - before.top) > 1 || Math.abs(box.left - before.left) > 1) return null;
            const x = box.left + box.width / 2, y = box.top + box.height / 2;
            const top = document.elementFromPoint(x, y);
            if (!top || !(el.contains(top) || top.contains(el))) return null;
            ({GUARD})(el);
            return [x, y];
        }}"""
        return self.wait(script, selector, text, timeout=timeout, what=f"clickable {selector} {text or ''}")

    def click(self, selector, text=None, timeout=20):
        """A real click (desktop) or tap (phone) on the first visible match; whoever sees that it moved away aims again."""
        deadline = time.monotonic() + timeout
        while True:
            self._touch(*self._point(selector, text, timeout))
            if not self._missed():
                return
            if time.monotonic() > deadline:
                raise BrowserError(f"moves away from every click: {selector} {text or ''}")
            time.sleep(0.15)

    def _missed(self):
        try:
            return self.evaluate("!!window.aim && window.aim.missed")
        except BrowserError:  # the click led to another page
            return False

    def _touch(self, x, y):
        if self.mobile:
            self.command("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
            self.command("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            return
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.command("Input.dispatchMouseEvent", {**mouse, "type": "mouseMoved", "button": "none"})
        self.command("Input.dispatchMouseEvent", {**mouse, "type": "mousePressed"})
        self.command("Input.dispatchMouseEvent", {**mouse, "type": "mouseReleased"})

    def fill(self, selector, value, timeout=20):
        """Type into a field as a person does: focus by click, replace what is there."""
        self.click(selector, timeout=timeout)
        self.wait(
            "(selector) => { const el = document.activeElement;"
            " return el && el.matches && (el.matches(selector) || el.closest(selector)) && (el.select?.(), true); }",
            selector, timeout=5, what=f"focus in {selector}",
        )
        self.command("Input.insertText", {"text": value})

    def press(self, key):
        codes = {"Enter": 13, "Tab": 9, "Escape": 27}
        event = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        if key == "Enter":
            event["text"] = "\r"
        self.command("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        self.command("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": key})

    def upload(self, selector, path):
        """Choose a file in an ``<input type=file>`` (which may be hidden behind a button)."""
        self.wait("(selector) => !!document.querySelector(selector)", selector, what=selector)
        root = self.command("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        node = self.command("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        self.command("DOM.setFileInputFiles", {"nodeId": node, "files": [str(path)]})

    def screenshot(self, path):
        data = self.command("Page.captureScreenshot", {"format": "png"})["data"]
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(base64.b64decode(data))

    def overflow(self):
        """Pixels by which the page or its content can be scrolled sideways (0 wanted on a phone)."""
        return self.evaluate(
            "Math.max(...[document.scrollingElement, ...document.querySelectorAll("
            "'.o_content, .o_form_view, .o_kanban_renderer, .modal-body, .o_vanban_desk')]"
            ".map((el) => el.scrollWidth - el.clientWidth))"
        )

    def close(self):
        self._chrome.command("Target.disposeBrowserContext", {"browserContextId": self._context})
        self._chrome._pages.pop(self._session, None)
