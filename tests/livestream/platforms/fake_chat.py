"""The three group chats over real HTTP: answers as their documents say, counted per robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx

HOUR_S = 3600


class FakeChat:
    """`said` are (host, robot, text). `refuse` answers the next so many messages with these bodies, `busy_after` limits a minute."""

    def __init__(self, now, secret=""):
        self.now, self.secret = now, secret
        self.said, self.answers, self.status = [], [], 200
        self.lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                answer = json.dumps(fake.answer(self.headers["host"], self.path, json.loads(body))).encode()
                self.send_response(fake.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_line):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """A client that hangs up is none of the test's business."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def transport(self):
        """In the place of the network: the guard's hosts, led to this server."""
        port, inner = self.server.server_port, httpx.HTTPTransport()

        class ToHere(httpx.BaseTransport):
            def handle_request(self, request):
                host = request.url.host
                request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
                request.headers["host"] = host
                return inner.handle_request(request)

            def close(self):
                inner.close()

        return ToHere()

    def answer(self, host, path, body):
        with self.lock:
            if self.answers:
                return self.answers.pop(0)
            return getattr(self, host.split(".")[1])(host, urlsplit(path), body)

    def weixin(self, host, address, body):
        key = parse_qs(address.query)["key"][0]
        if address.path != "/cgi-bin/webhook/send" or body["msgtype"] != "text" or len(body["text"]["content"].encode()) > 2048:
            return {"errcode": 40008, "errmsg": "invalid message type"}
        self.said.append((host, key, body["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}

    def dingtalk(self, host, address, body):
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.secret:
            # The document's own Python.
            secret_enc = self.secret.encode("utf-8")
            string_to_sign = "{}\n{}".format(query["timestamp"], self.secret)
            hmac_code = hmac.new(secret_enc, string_to_sign.encode("utf-8"), digestmod=hashlib.sha256).digest()
            right = base64.b64encode(hmac_code).decode()
            if query["sign"] != right or abs(int(query["timestamp"]) / 1000 - self.now.timestamp()) > HOUR_S:
                return {"errcode": 310000, "errmsg": "sign not match"}
        self.said.append((host, query["access_token"], body["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}

    def feishu(self, host, address, body):
        if self.secret:
            key = f"{body['timestamp']}\n{self.secret}"
            right = base64.b64encode(hmac.new(key.encode("utf-8"), b"", digestmod=hashlib.sha256).digest()).decode()
            if body["sign"] != right or abs(int(body["timestamp"]) - self.now.timestamp()) > HOUR_S:
                return {
                    "code": 19021,
                    "data": {},
                    "msg": "sign match fail or timestamp is not within one hour from current time",
                }
        if body["msg_type"] != "text":
            return {"code": 9499, "msg": "Bad Request", "data": {}}
        self.said.append((host, address.path.rpartition("/")[2], body["content"]["text"]))
        return {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
