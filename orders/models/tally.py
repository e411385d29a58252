from __future__ import annotations

import uuid

from django.db import models

# A scope is `county:<code>`, `session:<uuid>` or `unattributed:<code>`. Each tally row is a sum of ledger rows.


class DayTally(models.Model):
    """Sums of a scope on a business day."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    day = models.DateField()
    orders = models.IntegerField()
    units = models.IntegerField()
    paid_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "day"], name="day_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class ItemTally(models.Model):
    """Sums of an item in a scope on a business day; `orders` counts orders that hold the item."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    day = models.DateField()
    item = models.ForeignKey("orders.SoldItem", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    orders = models.IntegerField()
    units = models.IntegerField()
    paid_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "day", "item"], name="item_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day} {self.item_id}"


class MinuteTally(models.Model):
    """Orders and paid money of a scope by the minute of payment: the curve."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    minute = models.DateTimeField()
    orders = models.IntegerField()
    paid_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "minute"], name="minute_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.minute}"


class SecondTally(models.Model):
    """Orders of a scope by the second they were first counted: the rate and its peak."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    second = models.DateTimeField()
    orders = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["scope", "-orders"], name="second_by_orders")]  # the peak in one step
        constraints = [models.UniqueConstraint(fields=["scope", "second"], name="second_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.second}"


class RefundTally(models.Model):
    """Refunds of a scope by the day they were made, whenever the goods were sold."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    day = models.DateField()
    refunded_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "day"], name="refund_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class ShopTally(models.Model):
    """Sums of a shop in a scope on a business day: which platform sold how much."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope = models.CharField(max_length=60)
    day = models.DateField()
    shop = models.ForeignKey("orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    orders = models.IntegerField()
    units = models.IntegerField()
    paid_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "day", "shop"], name="shop_tally_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day} {self.shop_id}"


class AttributedWindow(models.Model):
    """Up to which revision of a session's window its orders have been attributed."""

    session = models.OneToOneField("livestream.LiveSession", models.CASCADE, primary_key=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.session_id} {self.revision}"


class BoardEpoch(models.Model):
    """One row: versions compare only within one epoch. A restore or a rebuild begins another."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    epoch = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_board_epoch")]

    def __str__(self) -> str:
        return str(self.epoch)
