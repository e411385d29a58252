"""Sockets of boards."""

from __future__ import annotations

from channels.generic.websocket import AsyncWebsocketConsumer


class BoardConsumer(AsyncWebsocketConsumer):
    pass
