"""A headless Chromium that is logged in to Home Assistant, steered over its debugging protocol."""

import base64
import json
import shutil

import requests
import websocket
from parts import Process, eventually, free_port

# Everything in the page, through the shadows of its components, as a function of a selector.
DEEP = """
(selector) => {
  const found = [];
  const look = (root) => root.querySelectorAll('*').forEach((element) => {
    if (element.matches(selector)) found.push(element);
    if (element.shadowRoot) look(element.shadowRoot);
  });
  look(document);
  return found.map((element) => element.localName + ': ' + (element.shadowRoot || element).textContent.trim().slice(0, 200));
}
"""


class Browser(Process):
    """One page of one browser."""

    def __init__(self, folder, home):
        super().__init__(folder / "browser.log")
        self.home, self.port, self.said = home, free_port(), 0
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        assert program, "there is no Chromium: install Debian's chromium-headless-shell"
        self.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", f"--user-data-dir={folder / 'browser'}",
             f"--remote-debugging-port={self.port}", "--remote-allow-origins=*", "about:blank"]
        )  # fmt: skip
        self.web = requests.Session()
        self.web.trust_env = False
        pages = eventually("the browser answers", lambda: self.web.get(f"http://127.0.0.1:{self.port}/json", timeout=5).json())
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.line = websocket.create_connection(address, timeout=60, http_no_proxy=["*"])
        self.log_in()

    def call(self, method, **parameters):
        self.said += 1
        self.line.send(json.dumps({"id": self.said, "method": method, "params": parameters}))
        while (answer := json.loads(self.line.recv())).get("id") != self.said:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def log_in(self):
        """The token, where the frontend keeps it."""
        url = self.home.url
        tokens = {
            "access_token": self.home.token, "token_type": "Bearer", "refresh_token": "", "expires_in": 10**6,
            "expires": 4 * 10**12, "hassUrl": url, "clientId": f"{url}/",
        }  # fmt: skip
        kept = {"hassTokens": json.dumps(tokens), "dockedSidebar": '"always_hidden"', "selectedLanguage": '"en"'}
        self.call("Page.navigate", url=f"{url}/manifest.json")
        eventually("the page is there", lambda: self.evaluate("location.origin") == url)
        for key, value in kept.items():
            self.evaluate(f"localStorage.setItem({json.dumps(key)}, {json.dumps(value)})")

    def evaluate(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def all(self, selector):
        """What there is of an element, in words."""
        return self.evaluate(f"({DEEP})({json.dumps(selector)})")

    def open(self, path, width=1280, height=1000):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        self.call("Page.navigate", url=self.home.url + path)

    def picture(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
