"""What was sold: what arrived, what it says now, what it was worth, and the sums of that."""

from orders.models.alert import Alert, AlertThresholds
from orders.models.check import BoardCheck, CheckedBoard, FullCheck
from orders.models.dead_letter import DeadLetter
from orders.models.delivery import Delivery, DeliveryOutcome, MonthKey, RawDelivery
from orders.models.export import Export, ExportHour
from orders.models.file import OrderFile, OrderFileState
from orders.models.hint import Hint, HintKind
from orders.models.kiosk import KioskLink
from orders.models.ledger import LedgerEntry
from orders.models.order import AfterSale, Order, OrderLine, SoldItem
from orders.models.pull import PullCursor, PullKind
from orders.models.shop import Shop
from orders.models.source import Source
from orders.models.subsidy import SubsidyEntry, SubsidyMark
from orders.models.sweep import Sweep
from orders.models.tally import (
    AttributedWindow,
    BoardEpoch,
    DayTally,
    ItemTally,
    MinuteTally,
    RefundTally,
    SecondTally,
    ShopTally,
)

__all__ = [
    "SubsidyEntry",
    "SubsidyMark",
    "AfterSale",
    "Alert",
    "AlertThresholds",
    "AttributedWindow",
    "BoardCheck",
    "BoardEpoch",
    "CheckedBoard",
    "DayTally",
    "DeadLetter",
    "Delivery",
    "DeliveryOutcome",
    "Export",
    "ExportHour",
    "FullCheck",
    "Hint",
    "HintKind",
    "ItemTally",
    "KioskLink",
    "LedgerEntry",
    "MinuteTally",
    "MonthKey",
    "Order",
    "OrderFile",
    "OrderFileState",
    "OrderLine",
    "RawDelivery",
    "RefundTally",
    "PullCursor",
    "PullKind",
    "SecondTally",
    "Shop",
    "ShopTally",
    "SoldItem",
    "Source",
    "Sweep",
]
