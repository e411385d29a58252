"""Everything from 0001_initial to 0018_phone at once, for a database that has none of it. Rows of before are none there, so what
moved or counted them is left out. The ledger and the raw deliveries are kept by month: those tables stand here in SQL."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import livestream.models.encrypted
import orders.models.shop
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from datetime import datetime, timedelta
from django.conf import settings
from django.db import migrations, models
from livestream.migrations._together import Together
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# The keys keep the names that the program and the refusals know.
NATURAL_KEYS = """
ALTER TABLE orders_orderline RENAME CONSTRAINT orders_orderline_pkey TO line_once_per_order;
ALTER TABLE orders_aftersale RENAME CONSTRAINT orders_aftersale_pkey TO after_sale_once_per_order;
ALTER TABLE orders_delivery RENAME CONSTRAINT orders_delivery_pkey TO delivery_once_per_shop;
"""

# NOT NULL has the names that it has in databases which came here step by step.
MONTHS = """
CREATE SEQUENCE orders_ledgerentry_no;
CREATE TABLE orders_ledgerentry (
    id bigint CONSTRAINT orders_ledgerentry_id_not_null1 NOT NULL DEFAULT nextval('orders_ledgerentry_no'),
    line_no varchar(64) CONSTRAINT orders_ledgerentry_line_no_not_null1 NOT NULL,
    business_day date CONSTRAINT orders_ledgerentry_business_day_not_null1 NOT NULL,
    occurred_at timestamptz CONSTRAINT orders_ledgerentry_occurred_at_not_null1 NOT NULL,
    counted_at timestamptz CONSTRAINT orders_ledgerentry_counted_at_not_null1 NOT NULL,
    recorded_at timestamptz CONSTRAINT orders_ledgerentry_recorded_at_not_null1 NOT NULL,
    refunded_on date,
    orders smallint CONSTRAINT orders_ledgerentry_orders_not_null1 NOT NULL,
    item_orders smallint CONSTRAINT orders_ledgerentry_item_orders_not_null1 NOT NULL,
    units integer CONSTRAINT orders_ledgerentry_units_not_null1 NOT NULL,
    paid_fen bigint CONSTRAINT orders_ledgerentry_paid_fen_not_null1 NOT NULL,
    refunded_fen bigint CONSTRAINT orders_ledgerentry_refunded_fen_not_null1 NOT NULL,
    cause varchar(6) CONSTRAINT orders_ledgerentry_cause_not_null1 NOT NULL,
    county_id varchar(12) CONSTRAINT orders_ledgerentry_county_id_not_null1 NOT NULL,
    item_id bigint,
    order_id bigint CONSTRAINT orders_ledgerentry_order_id_not_null1 NOT NULL,
    session_id uuid,
    shop_id bigint CONSTRAINT orders_ledgerentry_shop_id_not_null1 NOT NULL,
    CONSTRAINT ledger_entry_once PRIMARY KEY (order_id, recorded_at, id)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX ledger_by_session ON orders_ledgerentry (session_id) WHERE session_id IS NOT NULL;
CREATE SEQUENCE orders_rawdelivery_no;
CREATE TABLE orders_rawdelivery (
    id bigint NOT NULL DEFAULT nextval('orders_rawdelivery_no'),
    received_at timestamptz NOT NULL,
    messages integer NOT NULL CHECK (messages >= 0),
    sealed bytea NOT NULL,
    CONSTRAINT raw_delivery_once PRIMARY KEY (received_at, id)
) PARTITION BY RANGE (received_at);
ALTER TABLE orders_rawdelivery ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""

# Months are opened and dropped by two functions of the owner of the tables, so that the program's own account needs no right to
# make, change or drop anything (deploy/roles.sql). They do that one thing, for these tables alone.
FUNCTIONS = """
CREATE FUNCTION cunbo_open_month(parent text, first timestamptz, following timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := parent || to_char(first AT TIME ZONE 'Asia/Shanghai', '_YYYY_MM');
BEGIN
    IF parent NOT IN ('orders_ledgerentry', 'orders_rawdelivery') THEN RAISE EXCEPTION 'no table of months: %', parent; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, first, following);
    RETURN name;
END $$;
CREATE FUNCTION cunbo_drop_month(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF name !~ '^orders_rawdelivery_[0-9]{4}_[0-9]{2}$' THEN RAISE EXCEPTION 'no month of raw deliveries: %', name; END IF;
    EXECUTE format('DROP TABLE %I', name);
END $$;
"""
NO_FUNCTIONS = "DROP FUNCTION cunbo_open_month(text, timestamptz, timestamptz); DROP FUNCTION cunbo_drop_month(text);"

REFUNDS = "(session_id, refunded_on, order_id) INCLUDE (refunded_fen) WHERE refunded_on IS NOT NULL"


def make_months(apps, schema_editor):
    """Up to three months ahead; later ones are opened by a job."""
    with schema_editor.connection.cursor() as cursor:
        now = datetime.now(SHANGHAI)
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while first < now + timedelta(days=93):
            following = (first + timedelta(days=32)).replace(day=1)
            for table in ("orders_ledgerentry", "orders_rawdelivery"):
                cursor.execute(
                    f"CREATE TABLE {table}_{first:%Y_%m} PARTITION OF {table} "
                    f"FOR VALUES FROM ('{first.isoformat()}') TO ('{following.isoformat()}')"
                )
            month = f"orders_ledgerentry_{first:%Y_%m}"
            cursor.execute(f"CREATE INDEX {month}_refunds ON {month} {REFUNDS}")
            first = following
        cursor.execute(f"CREATE INDEX ledger_refunds ON orders_ledgerentry {REFUNDS}")


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('orders', '0001_initial'),
        ('orders', '0002_months_and_natural_keys'),
        ('orders', '0003_waiting_and_dead_letters'),
        ('orders', '0004_pull_and_tokens'),
        ('orders', '0005_file_reading'),
        ('orders', '0006_board_checks'),
        ('orders', '0007_board_sources_alerts_and_kiosks'),
        ('orders', '0008_newest_orders_of_a_session'),
        ('orders', '0009_what_each_shop_sold'),
        ('orders', '0010_alerts_find_what_they_watch'),
        ('orders', '0011_follow_rows'),
        ('orders', '0012_exports'),
        ('orders', '0013_follow_exports'),
        ('orders', '0014_orders_by_payment'),
        ('orders', '0015_months_by_functions'),
        ('orders', '0016_subsidy_ledger'),
        ('orders', '0017_lineup'),
        ('orders', '0018_phone'),
    ]

    dependencies = [
        ('livestream', '0036_public'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        Together([
            migrations.CreateModel(
                name='AttributedWindow',
                fields=[
                    ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='livestream.livesession')),
                    ('revision', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='BoardEpoch',
                fields=[
                    ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('epoch', models.UUIDField(default=uuid.uuid4)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='one_board_epoch'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Shop',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('platform', models.CharField(max_length=16, verbose_name='平台')),
                    ('key', models.CharField(default=orders.models.shop.new_shop_key, max_length=32, unique=True, verbose_name='店铺标识')),
                    ('name', models.CharField(max_length=60, verbose_name='店铺名')),
                    ('app_key', models.CharField(blank=True, max_length=64, verbose_name='应用 key')),
                    ('secret', livestream.models.encrypted.EncryptedTextField(verbose_name='密钥')),
                    ('access_token', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='接口令牌')),
                    ('is_practice', models.BooleanField(default=False, verbose_name='练习店铺')),
                    ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('platform_shop_no', models.CharField(blank=True, max_length=32, verbose_name='平台店铺号')),
                    ('refresh_token', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='刷新令牌')),
                    ('token_due_at', models.DateTimeField(blank=True, null=True, verbose_name='下次换令牌')),
                    ('token_error', models.CharField(blank=True, max_length=300, verbose_name='换令牌的错误')),
                    ('token_expires_at', models.DateTimeField(blank=True, null=True, verbose_name='令牌到期')),
                ],
                options={
                    'verbose_name': '店铺',
                    'verbose_name_plural': '店铺',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'platform', 'name'), name='shop_once_per_platform'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('orders.Shop', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'platform', 'key', 'name', 'platform_shop_no', 'is_practice', 'is_active']::text[], ARRAY[]::text[], ARRAY['app_key']::text[]); RETURN NULL;", hash='c7bf98b65e093645b481ed838fc119b7ad2a7850', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_cd798', table='orders_shop', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderFile',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                    ('name', models.CharField(max_length=200, verbose_name='文件名')),
                    ('stored_as', models.CharField(max_length=80)),
                    ('digest', models.CharField(max_length=64)),
                    ('sheet', models.CharField(max_length=32, verbose_name='格式')),
                    ('survey', models.JSONField(default=dict, verbose_name='概要')),
                    ('state', models.CharField(choices=[('reading', '读取中'), ('refused', '不能导入'), ('uploaded', '已上传'), ('importing', '导入中'), ('done', '已完成'), ('failed', '没有成功')], default='uploaded', max_length=10, verbose_name='状态')),
                    ('rows_total', models.IntegerField(default=0, verbose_name='行数')),
                    ('rows_read', models.IntegerField(default=0, verbose_name='已读')),
                    ('rows_applied', models.IntegerField(default=0, verbose_name='计入')),
                    ('rows_duplicate', models.IntegerField(default=0, verbose_name='重复')),
                    ('rows_rejected', models.IntegerField(default=0, verbose_name='退回')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                    ('heartbeat_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                    ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                    ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop', verbose_name='店铺')),
                    ('facts_as', models.CharField(blank=True, default='', max_length=80)),
                ],
                options={
                    'verbose_name': '订单文件',
                    'verbose_name_plural': '订单文件',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('rows_applied'), '+', models.F('rows_duplicate')), '+', models.F('rows_rejected')))), name='every_row_has_one_outcome'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Order',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('order_no', models.CharField(max_length=64, verbose_name='订单号')),
                    ('status', models.CharField(choices=[('created', '待付款'), ('paid', '已付款'), ('shipped', '已发货'), ('received', '已签收'), ('completed', '已完成'), ('cancelled', '未付款取消'), ('closed', '付款后关闭')], max_length=10, verbose_name='状态')),
                    ('status_rank', models.BigIntegerField(editable=False)),
                    ('status_at', models.DateTimeField(null=True, verbose_name='更新时间')),
                    ('paid_at', models.DateTimeField(null=True, verbose_name='支付时间')),
                    ('paid_rank', models.BigIntegerField(editable=False)),
                    ('live_room', models.CharField(max_length=64, null=True, verbose_name='直播间号')),
                    ('room_rank', models.BigIntegerField(editable=False)),
                    ('host_account', models.CharField(max_length=64, null=True, verbose_name='直播账号')),
                    ('account_rank', models.BigIntegerField(editable=False)),
                    ('province', models.CharField(max_length=32, null=True, verbose_name='收货省份')),
                    ('province_rank', models.BigIntegerField(editable=False)),
                    ('lines_rank', models.BigIntegerField(editable=False)),
                    ('evidence', models.CharField(blank=True, choices=[('', '无'), ('room', '直播间'), ('account', '直播账号'), ('hand', '主播手记')], max_length=8, verbose_name='归因依据')),
                    ('is_contested', models.BooleanField(default=False, verbose_name='归因有争议')),
                    ('counted_at', models.DateTimeField(null=True, verbose_name='首次计入')),
                    ('changed_at', models.DateTimeField(verbose_name='最近变化')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('session', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='livestream.livesession', verbose_name='场次')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop', verbose_name='店铺')),
                    ('is_conflicting', models.BooleanField(db_default=False, default=False, verbose_name='平台说法矛盾')),
                ],
                options={
                    'verbose_name': '订单',
                    'verbose_name_plural': '订单',
                    'indexes': [
                        models.Index(condition=models.Q(('live_room__isnull', False)), fields=['county', 'live_room', 'paid_at'], name='order_by_room'),
                        models.Index(condition=models.Q(('host_account__isnull', False)), fields=['county', 'host_account', 'paid_at'], name='order_by_account'),
                        models.Index(condition=models.Q(('session__isnull', False)), fields=['session', '-counted_at'], name='order_by_session'),
                        models.Index(condition=models.Q(('paid_at__isnull', False)), fields=['county', '-paid_at', '-id'], name='order_by_payment'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'shop', 'order_no'), name='order_once_per_shop'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['created', 'paid', 'shipped', 'received', 'completed', 'cancelled', 'closed'])), name='order_status_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Hint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('order', '订单'), ('after_sale', '售后单')], max_length=10, verbose_name='类别')),
                    ('number', models.CharField(max_length=64, verbose_name='单号')),
                    ('asked', models.IntegerField(default=1, verbose_name='来过几次')),
                    ('answered', models.IntegerField(default=0, verbose_name='取到第几次')),
                    ('attempts', models.IntegerField(default=0, verbose_name='试过几次')),
                    ('due_at', models.DateTimeField(verbose_name='下次去取')),
                    ('first_asked_at', models.DateTimeField(verbose_name='第一次来')),
                    ('given_up_at', models.DateTimeField(blank=True, null=True, verbose_name='放弃时间')),
                    ('last_error', models.CharField(blank=True, max_length=300, verbose_name='最近错误')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop', verbose_name='店铺')),
                    ('dismissed_at', models.DateTimeField(blank=True, null=True, verbose_name='不再处理的时间')),
                    ('dismissed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁不再处理')),
                    ('note', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='备注')),
                    ('reason', models.CharField(blank=True, choices=[('missing', '平台上没有'), ('token', '授权失效'), ('unreachable', '连不上平台'), ('refused', '平台不给'), ('unreadable', '回答看不懂'), ('unstorable', '存不进去'), ('shop', '店铺停用'), ('no_api', '没有接口')], db_default='', default='', max_length=12, verbose_name='原因')),
                    ('waiting_since', models.DateTimeField(blank=True, null=True, verbose_name='从何时起在等')),
                ],
                options={
                    'verbose_name': '待取订单',
                    'verbose_name_plural': '待取订单',
                    'indexes': [
                        models.Index(condition=models.Q(('asked__gt', models.F('answered')), ('given_up_at', None)), fields=['due_at'], name='hint_by_due'),
                        models.Index(condition=models.Q(('asked__gt', models.F('answered')), ('given_up_at__isnull', False)), fields=['county', 'given_up_at'], name='hint_given_up'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'shop', 'kind', 'number'), name='hint_once_per_subject'),
                        models.CheckConstraint(condition=models.Q(('dismissed_at', None), models.Q(('dismissed_by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='dismissed_hint_says_why'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('message_id', models.CharField(max_length=128, verbose_name='消息号')),
                    ('digest', models.BinaryField(max_length=32, verbose_name='摘要')),
                    ('received_at', models.DateTimeField(verbose_name='收到时间')),
                    ('outcome', models.CharField(choices=[('taken', '已收下'), ('kept', '读不懂，已留存')], default='taken', max_length=8, verbose_name='结果')),
                    ('applied', models.PositiveIntegerField(default=0, verbose_name='计入')),
                    ('duplicate', models.PositiveIntegerField(default=0, verbose_name='重复')),
                    ('stale', models.PositiveIntegerField(default=0, verbose_name='过期')),
                    ('hinted', models.PositiveIntegerField(default=0, verbose_name='待取')),
                    ('rejected', models.JSONField(default=list, verbose_name='退回')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop', verbose_name='店铺')),
                    ('pk', models.CompositePrimaryKey('county_id', 'shop_id', 'message_id', 'digest', blank=True, editable=False, primary_key=True, serialize=False)),
                ],
                options={
                    'verbose_name': '推送',
                    'verbose_name_plural': '推送',
                },
            ),
            migrations.CreateModel(
                name='AfterSale',
                fields=[
                    ('after_sale_no', models.CharField(max_length=80, verbose_name='售后单号')),
                    ('line_no', models.CharField(max_length=64, null=True, verbose_name='行号')),
                    ('status', models.CharField(choices=[('requested', '申请中'), ('succeeded', '退款成功'), ('withdrawn', '已撤销'), ('rejected', '已拒绝')], max_length=10, verbose_name='状态')),
                    ('refund_fen', models.BigIntegerField(verbose_name='退款（分）')),
                    ('quantity', models.PositiveIntegerField(default=0, verbose_name='件数')),
                    ('rank', models.BigIntegerField(editable=False)),
                    ('happened_at', models.DateTimeField(verbose_name='更新时间')),
                    ('is_guess', models.BooleanField(default=False, verbose_name='只见于订单文件')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                    ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='after_sales', to='orders.order')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop')),
                    ('pk', models.CompositePrimaryKey('order_id', 'after_sale_no', blank=True, editable=False, primary_key=True, serialize=False)),
                ],
                options={
                    'verbose_name': '售后单',
                    'verbose_name_plural': '售后单',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('refund_fen__gte', 0)), name='refund_not_negative'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'succeeded', 'withdrawn', 'rejected'])), name='after_sale_status_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SoldItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sku', models.CharField(max_length=128, verbose_name='商家编码')),
                    ('title', models.CharField(max_length=200, verbose_name='商品名')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'sku'), name='sold_item_once_per_county'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderLine',
                fields=[
                    ('line_no', models.CharField(max_length=64, verbose_name='行号')),
                    ('sku', models.CharField(max_length=128, verbose_name='商家编码')),
                    ('title', models.CharField(max_length=200, verbose_name='商品名')),
                    ('quantity', models.PositiveIntegerField(verbose_name='件数')),
                    ('paid_fen', models.BigIntegerField(verbose_name='实付（分）')),
                    ('rank', models.BigIntegerField(editable=False)),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                    ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.order')),
                    ('item', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.solditem')),
                    ('pk', models.CompositePrimaryKey('order_id', 'line_no', blank=True, editable=False, primary_key=True, serialize=False)),
                ],
                options={
                    'verbose_name': '订单行',
                    'verbose_name_plural': '订单行',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('paid_fen__gte', 0)), name='line_paid_not_negative'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ItemTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('day', models.DateField()),
                    ('orders', models.IntegerField()),
                    ('units', models.IntegerField()),
                    ('paid_fen', models.BigIntegerField()),
                    ('refunded_fen', models.BigIntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                    ('item', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.solditem')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'day', 'item'), name='item_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DayTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('day', models.DateField()),
                    ('orders', models.IntegerField()),
                    ('units', models.IntegerField()),
                    ('paid_fen', models.BigIntegerField()),
                    ('refunded_fen', models.BigIntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'day'), name='day_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='MinuteTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('minute', models.DateTimeField()),
                    ('orders', models.IntegerField()),
                    ('paid_fen', models.BigIntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'minute'), name='minute_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SecondTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('second', models.DateTimeField()),
                    ('orders', models.IntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['scope', '-orders'], name='second_by_orders'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'second'), name='second_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RefundTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('day', models.DateField()),
                    ('refunded_fen', models.BigIntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'day'), name='refund_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DeadLetter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('message_id', models.CharField(max_length=128, verbose_name='消息号')),
                    ('digest', models.BinaryField(max_length=32, verbose_name='摘要')),
                    ('received_at', models.DateTimeField(verbose_name='收到时间')),
                    ('size', models.PositiveIntegerField(verbose_name='字节')),
                    ('reason', models.CharField(choices=[('crashed', '读它时出错'), ('unreadable', '内容看不懂'), ('unstorable', '存不进去'), ('lost', '原文已删除')], max_length=12, verbose_name='原因')),
                    ('tries', models.PositiveIntegerField(default=0, verbose_name='试过几次')),
                    ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='下次自动重试')),
                    ('state', models.CharField(choices=[('waiting', '等待处理'), ('retried', '重试成功'), ('dismissed', '不再处理')], default='waiting', max_length=10, verbose_name='状态')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                    ('at', models.DateTimeField(blank=True, null=True, verbose_name='处理时间')),
                    ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁处理的')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop', verbose_name='店铺')),
                ],
                options={
                    'verbose_name': '读不懂的推送',
                    'verbose_name_plural': '读不懂的推送',
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'waiting')), fields=['county', 'received_at'], name='letter_waiting'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'shop', 'message_id', 'digest'), name='letter_once_per_delivery'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'retried', 'dismissed'])), name='letter_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('at__isnull', False), _connector='OR'), name='settled_letter_says_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), models.Q(('by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='dismissed_letter_says_why'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Sweep',
                fields=[
                    ('name', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='任务')),
                    ('ran_at', models.DateTimeField(verbose_name='上次做完')),
                ],
                options={
                    'verbose_name': '定时任务',
                    'verbose_name_plural': '定时任务',
                },
            ),
            migrations.CreateModel(
                name='PullCursor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('orders', '订单'), ('after_sales', '售后单')], max_length=12, verbose_name='类别')),
                    ('position', models.DateTimeField(verbose_name='读到平台时间')),
                    ('seen', models.JSONField(default=dict, editable=False)),
                    ('pulled_until', models.DateTimeField(blank=True, null=True, verbose_name='对账到')),
                    ('found', models.BigIntegerField(default=0, verbose_name='补到')),
                    ('due_at', models.DateTimeField(verbose_name='下次对账')),
                    ('attempts', models.PositiveIntegerField(default=0, verbose_name='试过几次')),
                    ('last_error', models.CharField(blank=True, max_length=300, verbose_name='最近错误')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pulls', to='orders.shop', verbose_name='店铺')),
                ],
                options={
                    'verbose_name': '对账',
                    'verbose_name_plural': '对账',
                    'constraints': [
                        models.UniqueConstraint(fields=('shop', 'kind'), name='one_pull_cursor_per_list'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['orders', 'after_sales'])), name='pull_kind_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CheckedBoard',
                fields=[
                    ('scope', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('version', models.BigIntegerField()),
                    ('due_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='FullCheck',
                fields=[
                    ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('began_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='one_full_check'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BoardCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60, verbose_name='大屏')),
                    ('source', models.CharField(max_length=160, verbose_name='核对对象')),
                    ('invariant', models.CharField(choices=[('tally', '统计等于账本之和'), ('sum', '全县等于各场次与未归因之和'), ('order', '订单的账本等于它现在的价值'), ('refund', '退款不超过支付，数量不为负'), ('delivery', '每条推送都有结果，或在等着'), ('file', '文件的每一行都有结果'), ('waiting', '没有等得太久的订单')], max_length=8, verbose_name='规则')),
                    ('detail', models.CharField(max_length=300, verbose_name='发现')),
                    ('since', models.DateTimeField(verbose_name='发现时间')),
                    ('cleared_at', models.DateTimeField(null=True, verbose_name='恢复时间')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '核对中的大屏',
                    'verbose_name_plural': '核对中的大屏',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('cleared_at', None)), fields=('scope', 'source'), name='board_check_open_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60, verbose_name='大屏')),
                    ('kind', models.CharField(choices=[('oversold', '超卖'), ('selling_out', '即将售罄'), ('refund_spike', '退款突增'), ('feed_silent', '来源没有动静'), ('no_orders', '久无订单'), ('broken', '数字对不上')], max_length=12, verbose_name='类别')),
                    ('subject', models.CharField(blank=True, max_length=160, verbose_name='对象')),
                    ('episode', models.CharField(blank=True, max_length=40, verbose_name='哪一次')),
                    ('detail', models.JSONField(default=dict, verbose_name='数字')),
                    ('raised_at', models.DateTimeField(verbose_name='发出时间')),
                    ('cleared_at', models.DateTimeField(blank=True, null=True, verbose_name='解除时间')),
                    ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='知道了的时间')),
                    ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁知道了')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '提醒',
                    'verbose_name_plural': '提醒',
                    'indexes': [
                        models.Index(fields=['county', '-raised_at'], name='alert_by_county'),
                        models.Index(condition=models.Q(('cleared_at', None)), fields=['scope'], name='alert_open_by_scope'),
                        models.Index(condition=models.Q(('acknowledged_at', None), ('cleared_at', None)), fields=['county'], name='alert_unread'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'kind', 'subject', 'episode'), name='alert_once'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['oversold', 'selling_out', 'refund_spike', 'feed_silent', 'no_orders', 'broken'])), name='alert_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='alert_acknowledged_by_somebody'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AlertThresholds',
                fields=[
                    ('county', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='livestream.place', verbose_name='县')),
                    ('selling_out_minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='预计多少分钟内卖完就提醒')),
                    ('no_orders_minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='直播中多少分钟没有订单就提醒')),
                    ('silent_minutes', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='来源至少安静多少分钟才提醒')),
                    ('refund_percent', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='退款单占多少（%）就提醒')),
                    ('refund_orders', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)], verbose_name='至少多少单退款才提醒')),
                ],
                options={
                    'verbose_name': '提醒的界线',
                    'verbose_name_plural': '提醒的界线',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('no_orders_minutes__range', (1, 240)), ('selling_out_minutes__range', (1, 240)), ('silent_minutes__range', (1, 240))), name='alert_minutes_between_1_and_240'),
                        models.CheckConstraint(condition=models.Q(('refund_percent__range', (1, 100))), name='refund_percent_between_1_and_100'),
                        models.CheckConstraint(condition=models.Q(('refund_orders__range', (1, 10000))), name='refund_orders_between_1_and_10000'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('orders.AlertThresholds', COALESCE(NEW.county_id, OLD.county_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['county_id', 'selling_out_minutes', 'no_orders_minutes', 'silent_minutes', 'refund_percent', 'refund_orders']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='a49750a197d985eda120db6339bb767c9127640f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_7f954', table='orders_alertthresholds', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='KioskLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='哪块屏')),
                    ('scope', models.CharField(max_length=60, verbose_name='大屏')),
                    ('digest', models.BinaryField(max_length=32, unique=True)),
                    ('hides_money', models.BooleanField(default=False, verbose_name='不显示金额')),
                    ('created_at', models.DateTimeField(verbose_name='建立时间')),
                    ('expires_at', models.DateTimeField(verbose_name='有效到')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='收回时间')),
                    ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='最近一次打开')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                ],
                options={
                    'verbose_name': '大屏链接',
                    'verbose_name_plural': '大屏链接',
                    'indexes': [
                        models.Index(fields=['county', '-created_at'], name='kiosk_link_by_county'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='kiosk_link_ends_after_it_began'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('orders.KioskLink', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'scope', 'hides_money', 'created_by_id', 'created_at', 'expires_at', 'revoked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='915488d7ea2b7cac5be62da6fc98a29114f4eaa7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_4478d', table='orders_kiosklink', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ShopTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.CharField(max_length=60)),
                    ('day', models.DateField()),
                    ('orders', models.IntegerField()),
                    ('units', models.IntegerField()),
                    ('paid_fen', models.BigIntegerField()),
                    ('refunded_fen', models.BigIntegerField()),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                    ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('scope', 'day', 'shop'), name='shop_tally_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Source',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('cause', models.CharField(choices=[('push', '推送'), ('api', '接口'), ('file', '文件'), ('move', '归因变动'), ('hand', '手记')], max_length=6, verbose_name='来由')),
                    ('heard_at', models.DateTimeField(verbose_name='最近一次')),
                    ('pause_ms', models.PositiveIntegerField(default=0, verbose_name='平常的间隔（毫秒）')),
                    ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                    ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='orders.shop')),
                ],
                options={
                    'verbose_name': '数据来源',
                    'verbose_name_plural': '数据来源',
                    'constraints': [
                        models.UniqueConstraint(fields=('shop', 'cause'), name='source_once_per_shop'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ExportHour',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('hour', models.DateTimeField()),
                    ('rows', models.IntegerField(default=0)),
                    ('rows_limit', models.IntegerField()),
                    ('free_rows', models.IntegerField(default=0)),
                    ('free_limit', models.IntegerField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('person', 'hour'), name='export_hour_once'),
                        models.CheckConstraint(condition=models.Q(('rows__lte', models.F('rows_limit'))), name='exported_rows_within_the_hour'),
                        models.CheckConstraint(condition=models.Q(('free_rows__lte', models.F('free_limit'))), name='rows_without_approval_within_the_hour'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Export',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=20, unique=True, verbose_name='导出编号')),
                    ('kind', models.CharField(choices=[('ledger', '账本：按日、场次、商品'), ('sessions', '场次'), ('orders', '订单'), ('lines', '订单行'), ('after_sales', '售后单'), ('entries', '账本分录（每一次变动）'), ('people', '人员（已隐去）'), ('audit', '审计记录（已隐去）')], max_length=12, verbose_name='内容')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(verbose_name='到')),
                    ('format', models.CharField(choices=[('xlsx', 'Excel 表格（.xlsx）'), ('csv', 'CSV（.zip，另附说明）'), ('json', 'JSON（.zip，给程序用）')], max_length=4, verbose_name='格式')),
                    ('language', models.CharField(max_length=10, verbose_name='语言')),
                    ('purpose', models.CharField(choices=[('report', '上报主管部门'), ('settle', '和商家、平台对账'), ('audit', '审计、检查'), ('study', '本单位统计分析'), ('law', '依法提供'), ('other', '其他')], max_length=8, verbose_name='用途')),
                    ('purpose_words', models.CharField(max_length=200, verbose_name='用途说明')),
                    ('receiver', models.CharField(max_length=100, verbose_name='交给谁')),
                    ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                    ('state', models.CharField(choices=[('waiting', '等批准'), ('queued', '排队中'), ('making', '生成中'), ('ready', '可以下载'), ('failed', '没有成功'), ('rejected', '没有批准'), ('withdrawn', '已撤回'), ('expired', '文件已删除')], max_length=10, verbose_name='状态')),
                    ('rows_expected', models.IntegerField(verbose_name='大约行数')),
                    ('rows_free', models.IntegerField(verbose_name='不用批准的行数')),
                    ('rows_allowed', models.IntegerField(verbose_name='最多行数')),
                    ('decided_at', models.DateTimeField(null=True, verbose_name='审批时间')),
                    ('decision_words', models.CharField(blank=True, max_length=200, verbose_name='审批意见')),
                    ('slot', models.PositiveSmallIntegerField(null=True)),
                    ('attempt', models.PositiveSmallIntegerField(default=0)),
                    ('heartbeat_at', models.DateTimeField()),
                    ('rows', models.IntegerField(default=0, verbose_name='行数')),
                    ('bytes', models.BigIntegerField(default=0, verbose_name='字节')),
                    ('sha256', models.CharField(blank=True, max_length=64, verbose_name='文件指纹')),
                    ('stored_as', models.CharField(blank=True, max_length=80)),
                    ('made_at', models.DateTimeField(null=True, verbose_name='生成时间')),
                    ('expires_at', models.DateTimeField(null=True, verbose_name='删除时间')),
                    ('downloads', models.PositiveIntegerField(default=0, verbose_name='下载次数')),
                    ('error', models.CharField(blank=True, max_length=40, verbose_name='原因')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审批人')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='地方')),
                ],
                options={
                    'verbose_name': '导出',
                    'verbose_name_plural': '导出',
                    'indexes': [
                        models.Index(fields=['place', '-asked_at'], name='export_by_place'),
                        models.Index(fields=['asked_by', '-asked_at'], name='export_by_person'),
                        models.Index(condition=models.Q(('state__in', ['making', 'queued'])), fields=['heartbeat_at'], name='export_under_way'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_approved_by_somebody_else'),
                        models.CheckConstraint(condition=models.Q(('rows__lte', models.F('rows_allowed'))), name='export_within_what_was_allowed'),
                        models.CheckConstraint(condition=models.Q(('rows_allowed__lte', models.F('rows_free')), ('decided_by__isnull', False), _connector='OR'), name='big_export_is_approved'),
                        models.CheckConstraint(condition=models.Q(models.Q(('slot__in', (1, 2)), ('slot__isnull', False), ('state', 'making')), models.Q(models.Q(('state', 'making'), _negated=True), ('slot', None)), _connector='OR'), name='export_being_made_has_a_slot'),
                        models.UniqueConstraint(fields=('asked_by', 'slot'), name='two_exports_of_a_person_being_made'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('sha256', ''), _negated=True), models.Q(('stored_as', ''), _negated=True)), _connector='OR'), name='ready_export_has_a_file'),
                        models.CheckConstraint(condition=models.Q(models.Q(('purpose_words', ''), _negated=True), models.Q(('receiver', ''), _negated=True)), name='export_has_purpose_and_receiver'),
                        models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='export_period_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'queued', 'making', 'ready', 'failed', 'rejected', 'withdrawn', 'expired'])), name='export_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['ledger', 'sessions', 'orders', 'lines', 'after_sales', 'entries', 'people', 'audit'])), name='export_kind_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='export_stays_as_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF (NEW.number, NEW.kind, NEW.place_id, NEW.from_on, NEW.until_on, NEW.format, NEW.language, NEW.purpose, NEW.purpose_words, NEW.receiver, NEW.asked_by_id, NEW.asked_at) IS DISTINCT FROM (OLD.number, OLD.kind, OLD.place_id, OLD.from_on, OLD.until_on, OLD.format, OLD.language, OLD.purpose, OLD.purpose_words, OLD.receiver, OLD.asked_by_id, OLD.asked_at) THEN\n  RAISE EXCEPTION 'pgtrigger: what was asked for stays as it was asked for'; END IF; RETURN NEW;\n", hash='2df6bb3735b507a62d3bd8fa5008b2a083c8de26', operation='UPDATE', pgid='pgtrigger_export_stays_as_asked_90834', table='orders_export', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='export_kept_three_years', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.asked_at > now() - interval '3 years' THEN\n  RAISE EXCEPTION 'pgtrigger: the record of an export is kept for three years'; END IF; RETURN OLD;\n", hash='ce535bac5af1fbba9f2dff857f3c2685c86a389b', operation='DELETE', pgid='pgtrigger_export_kept_three_years_1dc22', table='orders_export', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('orders.Export', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.place_id] WHEN 'DELETE' THEN ARRAY[OLD.place_id] ELSE ARRAY[OLD.place_id, NEW.place_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'number', 'kind', 'place_id', 'from_on', 'until_on', 'format', 'language', 'purpose', 'purpose_words', 'receiver', 'asked_by_id', 'asked_at', 'state', 'rows_expected', 'rows_free', 'rows_allowed', 'decided_by_id', 'decided_at', 'decision_words', 'expires_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='cce99269e6190dc6565c057f784a8fb88c6463a1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_73463', table='orders_export', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubsidyEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line_no', models.CharField(max_length=64, verbose_name='行号')),
                    ('units', models.IntegerField(verbose_name='件数')),
                    ('amount_fen', models.BigIntegerField(verbose_name='补贴（分）')),
                    ('paid_at', models.DateTimeField(verbose_name='支付时间')),
                    ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('order', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order', verbose_name='订单')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.subsidyrule', verbose_name='补贴')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['pk'],
                    'verbose_name': '补贴台账',
                    'verbose_name_plural': '补贴台账',
                    'indexes': [
                        models.Index(fields=['rule', 'order', 'line_no'], name='subsidy_by_order'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='subsidy_ledger_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ef4bebe345931dbbb48165660d780bd0974c7d56', operation='UPDATE OR DELETE', pgid='pgtrigger_subsidy_ledger_stays_afa41', table='orders_subsidyentry', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubsidyMark',
                fields=[
                    ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='livestream.subsidyrule')),
                    ('seen', models.CharField(max_length=64)),
                    ('looked_at', models.DateTimeField()),
                ],
            ),
        ]),
        migrations.RunSQL(NATURAL_KEYS),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(MONTHS),
                migrations.RunPython(make_months),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='LedgerEntry',
                    fields=[
                        ('id', models.BigIntegerField(db_default=models.Func(models.Value('orders_ledgerentry_no'), function='nextval'))),
                        ('line_no', models.CharField(max_length=64, verbose_name='行号')),
                        ('business_day', models.DateField(verbose_name='营业日')),
                        ('occurred_at', models.DateTimeField(verbose_name='发生时间')),
                        ('counted_at', models.DateTimeField(verbose_name='计入时间')),
                        ('recorded_at', models.DateTimeField(verbose_name='入账时间')),
                        ('orders', models.SmallIntegerField(verbose_name='订单数')),
                        ('item_orders', models.SmallIntegerField(verbose_name='商品订单数')),
                        ('units', models.IntegerField(verbose_name='件数')),
                        ('paid_fen', models.BigIntegerField(verbose_name='支付（分）')),
                        ('refunded_fen', models.BigIntegerField(verbose_name='退款（分）')),
                        ('cause', models.CharField(choices=[('push', '推送'), ('api', '接口'), ('file', '文件'), ('move', '归因变动'), ('hand', '手记')], max_length=6, verbose_name='来由')),
                        ('county', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                        ('session', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.livesession')),
                        ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='orders.order')),
                        ('shop', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shop')),
                        ('item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.solditem')),
                        ('pk', models.CompositePrimaryKey('order_id', 'recorded_at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('refunded_on', models.DateField(null=True, verbose_name='退款日')),
                    ],
                    options={
                        'verbose_name': '分录',
                        'verbose_name_plural': '账本',
                        'indexes': [
                            models.Index(condition=models.Q(('session__isnull', False)), fields=['session'], name='ledger_by_session'),
                            models.Index(condition=models.Q(('refunded_on__isnull', False)), fields=['session', 'refunded_on', 'order'], include=('refunded_fen',), name='ledger_refunds'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='RawDelivery',
                    fields=[
                        ('pk', models.CompositePrimaryKey('received_at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.BigIntegerField(db_default=models.Func(models.Value('orders_rawdelivery_no'), function='nextval'))),
                        ('received_at', models.DateTimeField(verbose_name='收到时间')),
                        ('messages', models.PositiveIntegerField(verbose_name='消息数')),
                        ('sealed', models.BinaryField(verbose_name='密文')),
                    ],
                    options={
                        'verbose_name': '推送原文',
                        'verbose_name_plural': '推送原文',
                    },
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='ledger_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f761b318f7238f34ab40be604a96c481523f0a92', operation='UPDATE OR DELETE', pgid='pgtrigger_ledger_append_only_7c7f4', table='orders_ledgerentry', when='BEFORE')),
        ),
    ]
