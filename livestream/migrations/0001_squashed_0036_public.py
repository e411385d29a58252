"""Everything from 0001_initial to 0036_public at once, for a database that has none of it: the tables as they are in the end, each
with its indexes, constraints and triggers. Rows of before are none there, so what moved them is left out."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import livestream.models.encrypted
import livestream.models.notice
import livestream.models.plan_rules
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models
from livestream.migrations._together import Together

# What the triggers `audit_rows` of all tables share (config/row_changes.py). `places` are where the row was and where it is: an
# entry for each, so that both may read of it. Who did it stands in a variable of the transaction (config/postgres/told.py).
# A masked column holds a phone number or a name: 138****0000, 张**.
FUNCTIONS = """
CREATE FUNCTION audit_entry(deed text, kind text, key text, place text, was jsonb, became jsonb, more jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    said jsonb := NULLIF(current_setting('cunbo.occasion', true), '')::jsonb;
BEGIN
    INSERT INTO livestream_auditentry
        (deed, actor_id, acted_for_id, place, kind, object_id, before, after, detail, address, request_id, digest)
    VALUES (
        deed, (said->>'actor')::bigint, (said->>'acted_for')::bigint, COALESCE(place, ''), kind, key, was, became,
        more || CASE WHEN said ? 'through' THEN jsonb_build_object('through', said->'through') ELSE '{}' END,
        (said->>'address')::inet, COALESCE(said->>'request_id', ''), ''
    );
END $$;

CREATE FUNCTION audit_shown(value jsonb, how text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN value IS NULL OR value = 'null' OR value = '""' OR how = 'plain' THEN value
        WHEN how = 'masked' AND value #>> '{}' ~ '^\\d{8,}$'
            THEN to_jsonb(left(value #>> '{}', 3) || '****' || right(value #>> '{}', 4))
        WHEN how = 'masked' THEN to_jsonb(left(value #>> '{}', 1) || '**')
        ELSE to_jsonb('…'::text)
    END
$$;

CREATE FUNCTION audit_row_change(
    kind text, key text, places text[], was jsonb, became jsonb, plain text[], masked text[], hidden text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old_shown jsonb; new_shown jsonb; place text;
    deed text := CASE WHEN was IS NULL THEN 'row_added' WHEN became IS NULL THEN 'row_removed' ELSE 'row_changed' END;
BEGIN
    SELECT jsonb_object_agg(name, audit_shown(was->name, how)), jsonb_object_agg(name, audit_shown(became->name, how))
    INTO old_shown, new_shown
    FROM (
        SELECT unnest(plain) AS name, 'plain' AS how UNION ALL SELECT unnest(masked), 'masked'
        UNION ALL SELECT unnest(hidden), 'hidden'
    ) columns
    WHERE was IS NULL OR became IS NULL OR was->name IS DISTINCT FROM became->name;
    IF new_shown IS NULL AND deed = 'row_changed' THEN
        RETURN;
    END IF;
    FOR place IN SELECT DISTINCT COALESCE(known, '') FROM unnest(places) AS known LOOP
        PERFORM audit_entry(
            deed, kind, key, place, CASE WHEN was IS NULL THEN NULL ELSE old_shown END,
            CASE WHEN became IS NULL THEN NULL ELSE new_shown END, '{}'
        );
    END LOOP;
END $$;

CREATE FUNCTION audit_rows_added(kind text, number bigint, first text, last text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM audit_entry('row_added', kind, '', CASE
        WHEN left(first, 6) = left(last, 6) THEN left(first, 6) WHEN left(first, 4) = left(last, 4) THEN left(first, 4)
        WHEN left(first, 2) = left(last, 2) THEN left(first, 2) ELSE '' END,
        NULL, NULL, jsonb_build_object('rows', number, 'first', first, 'last', last));
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION audit_rows_added; DROP FUNCTION audit_row_change; DROP FUNCTION audit_shown; DROP FUNCTION audit_entry;
"""


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('livestream', '0001_initial'),
        ('livestream', '0002_pitches_and_incidents'),
        ('livestream', '0003_county_heads_of_a_year'),
        ('livestream', '0004_sessions_by_state'),
        ('livestream', '0005_rights_and_audit'),
        ('livestream', '0006_second_factor_and_sign_ins'),
        ('livestream', '0007_people'),
        ('livestream', '0008_blocked_loads'),
        ('livestream', '0009_terms_end_after_they_begin'),
        ('livestream', '0010_persons_data'),
        ('livestream', '0011_hosts_from_before'),
        ('livestream', '0012_follow_rows'),
        ('livestream', '0013_follow_new_columns'),
        ('livestream', '0014_chain_and_persons'),
        ('livestream', '0015_api_tokens'),
        ('livestream', '0016_sign_ins'),
        ('livestream', '0017_follow_tokens'),
        ('livestream', '0018_plan'),
        ('livestream', '0019_follow_plan'),
        ('livestream', '0020_leaders'),
        ('livestream', '0021_planner'),
        ('livestream', '0022_notices'),
        ('livestream', '0023_campaign'),
        ('livestream', '0024_clash'),
        ('livestream', '0025_times'),
        ('livestream', '0026_notices_and_robots'),
        ('livestream', '0027_school_notices'),
        ('livestream', '0028_timetable'),
        ('livestream', '0029_on_air'),
        ('livestream', '0030_goods'),
        ('livestream', '0031_lineup'),
        ('livestream', '0032_control'),
        ('livestream', '0033_review'),
        ('livestream', '0034_line_up_order'),
        ('livestream', '0035_phone'),
        ('livestream', '0036_public'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        Together([
            migrations.CreateModel(
                name='Place',
                fields=[
                    ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='区划代码')),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('level', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县'), ('township', '乡镇'), ('village', '村')], max_length=10, verbose_name='级别')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='livestream.place', verbose_name='上级')),
                ],
                options={
                    'ordering': ['code'],
                    'verbose_name': '地方',
                    'verbose_name_plural': '地方',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('code__regex', '^\\d{2,12}$')), name='place_code_is_official'),
                        models.CheckConstraint(condition=models.Q(('level__in', ['province', 'city', 'county', 'township', 'village'])), name='place_level_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Place', COALESCE(NEW.code, OLD.code)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.code] WHEN 'DELETE' THEN ARRAY[OLD.code] ELSE ARRAY[OLD.code, NEW.code] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['code', 'name', 'level', 'parent_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='94a60e648b8a0dc97af3996564bdf0fc7f8bcc45', operation='UPDATE OR DELETE', pgid='pgtrigger_audit_rows_cc210', table='livestream_place', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='audit_rows_added', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE number bigint; first text; last text; line record;', func="SELECT count(*), min(code::text), max(code::text) INTO number, first, last FROM added; IF number = 1 THEN FOR line IN SELECT * FROM added LOOP PERFORM audit_row_change('livestream.Place', line.code::text, ARRAY[line.code], NULL, to_jsonb(line), ARRAY['code', 'name', 'level', 'parent_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); END LOOP; ELSIF number > 1 THEN PERFORM audit_rows_added('livestream.Place', number, first, last); END IF; RETURN NULL;", hash='84dda45df4d257a846061860a382be66f0c56c70', level='STATEMENT', operation='INSERT', pgid='pgtrigger_audit_rows_added_f3085', referencing='REFERENCING NEW TABLE AS added ', table='livestream_place', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('phone', models.CharField(max_length=11, unique=True, verbose_name='手机号')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('live_name', models.CharField(blank=True, max_length=40, verbose_name='直播间名')),
                    ('role', models.CharField(choices=[('host', '主播'), ('staff', '工作人员'), ('trainer', '讲师'), ('approver', '审批人'), ('exporter', '导出人'), ('auditor', '审计员'), ('commissioner', '特派员'), ('admin', '平台管理员')], max_length=12, verbose_name='身份')),
                    ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                    ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='加入时间')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='livestream.place', verbose_name='所属地方')),
                    ('from_on', models.DateField(blank=True, null=True, verbose_name='任期从')),
                    ('until_on', models.DateField(blank=True, null=True, verbose_name='任期到')),
                    ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录要换密码')),
                    ('shows_name', models.BooleanField(default=False, editable=False, verbose_name='公开姓名')),
                ],
                options={
                    'verbose_name': '人员',
                    'verbose_name_plural': '人员',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('phone__regex', '^1\\d{10}$')), name='user_phone_is_mobile'),
                        models.CheckConstraint(condition=models.Q(('role__in', ['host', 'staff', 'trainer', 'approver', 'exporter', 'auditor', 'commissioner', 'admin'])), name='user_role_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('role', 'commissioner'), _negated=True), models.Q(('from_on__isnull', False), ('until_on__isnull', False)), _connector='OR'), name='commissioner_has_dates'),
                        models.CheckConstraint(condition=models.Q(('until_on', None), ('from_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='user_ends_after_it_begins'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.User', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.place_id] WHEN 'DELETE' THEN ARRAY[OLD.place_id] ELSE ARRAY[OLD.place_id, NEW.place_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'is_superuser', 'role', 'place_id', 'from_on', 'until_on', 'is_active', 'must_change_password', 'shows_name', 'joined_at']::text[], ARRAY['phone', 'name', 'live_name']::text[], ARRAY[]::text[]); RETURN NULL;", hash='2f4905a2a0bd746ec8276909a71f194c4363da26', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_2423c', table='livestream_user', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('kind', models.CharField(choices=[('festival', '节庆'), ('welfare', '公益周'), ('season', '时令'), ('day', '村播日'), ('relief', '助销')], max_length=12, verbose_name='类型')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(verbose_name='到')),
                    ('goal_fen', models.BigIntegerField(blank=True, null=True, verbose_name='目标（分）')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('follows', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='livestream.campaign', verbose_name='接着哪一届')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                    ('reported_fen', models.BigIntegerField(blank=True, null=True, verbose_name='上报数（分）')),
                    ('reported_source', models.CharField(blank=True, max_length=120, verbose_name='上报数是谁报的')),
                    ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='改过几次')),
                ],
                options={
                    'verbose_name': '活动',
                    'verbose_name_plural': '活动',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='campaign_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['festival', 'welfare', 'season', 'day', 'relief'])), name='campaign_kind_is_known'),
                        models.UniqueConstraint(fields=('county', 'name', 'from_on'), name='campaign_once'),
                        models.CheckConstraint(condition=models.Q(('goal_fen', None), ('goal_fen__gt', 0), _connector='OR'), name='campaign_goal_is_positive'),
                        models.CheckConstraint(condition=models.Q(models.Q(('reported_fen', None), ('reported_source', '')), models.Q(('reported_fen__gte', 0), models.Q(('reported_source', ''), _negated=True)), _connector='OR'), name='reported_total_has_its_source'),
                        models.CheckConstraint(condition=models.Q(('follows', None), models.Q(('follows', models.F('id')), _negated=True), _connector='OR'), name='campaign_follows_another'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Campaign', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'kind', 'from_on', 'until_on', 'goal_fen', 'follows_id', 'note', 'reported_fen', 'reported_source', 'version', 'made_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='c7adf0190e3265bffd16d52d41be6919a2215d66', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_6a466', table='livestream_campaign', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Series',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='主题')),
                    ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='每周几')),
                    ('month_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='每月几号')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(verbose_name='到')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁排的')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='直播地点')),
                    ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.series', verbose_name='接着哪一个')),
                    ('from_time', models.TimeField(verbose_name='几点开播')),
                    ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='主播')),
                    ('kind', models.CharField(choices=[('county_head', '县长直播'), ('village_host', '村播'), ('relay', '接力直播'), ('special', '专场'), ('practice', '练习')], max_length=12, verbose_name='类型')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='播多久（分钟）')),
                ],
                options={
                    'verbose_name': '固定场次',
                    'verbose_name_plural': '固定场次',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='series_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(models.Q(('month_days__len__gt', 0), ('weekdays__len', 0)), models.Q(('month_days__len', 0), ('weekdays__len__gt', 0)), _connector='OR'), name='series_by_week_or_by_month'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['county_head', 'village_host', 'relay', 'special', 'practice'])), name='series_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('minutes__range', (1, 1440))), name='series_session_within_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Series', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'place_id', 'title', 'kind', 'host_id', 'from_time', 'minutes', 'weekdays', 'month_days', 'from_on', 'until_on', 'follows_id', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='7ea7a84b26afe511b551d0b69589009a2977de36', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_87b0c', table='livestream_series', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LiveSession',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('county_head', '县长直播'), ('village_host', '村播'), ('relay', '接力直播'), ('special', '专场'), ('practice', '练习')], max_length=12, verbose_name='类型')),
                    ('state', models.CharField(choices=[('draft', '草稿'), ('in_review', '待审'), ('approved', '已批准'), ('rehearsed', '已彩排'), ('live', '直播中'), ('ended', '已下播'), ('reviewed', '已复盘'), ('archived', '已归档'), ('cancelled', '已取消')], default='draft', max_length=10, verbose_name='状态')),
                    ('title', models.CharField(max_length=60, verbose_name='主题')),
                    ('planned_start_at', models.DateTimeField(verbose_name='计划开播')),
                    ('planned_end_at', models.DateTimeField(verbose_name='计划下播')),
                    ('went_live_at', models.DateTimeField(blank=True, null=True, verbose_name='开播时间')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='下播时间')),
                    ('goal_fen', models.BigIntegerField(blank=True, null=True, verbose_name='目标（分）')),
                    ('window_revision', models.PositiveIntegerField(default=0, editable=False)),
                    ('window_changed_at', models.DateTimeField(editable=False, null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to=settings.AUTH_USER_MODEL, verbose_name='主播')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='直播地点')),
                    ('is_public_interest', models.BooleanField(default=False, verbose_name='公益推介')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='备注')),
                    ('plan_version', models.PositiveIntegerField(default=1, verbose_name='计划版本')),
                    ('released_version', models.PositiveIntegerField(blank=True, null=True, verbose_name='发布的版本')),
                    ('series_on', models.DateField(blank=True, null=True, verbose_name='固定场次的日子')),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='livestream.campaign', verbose_name='活动')),
                    ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='livestream.series', verbose_name='固定场次')),
                    ('replay_sha256', models.CharField(blank=True, db_default='', max_length=64, verbose_name='回放文件的 SHA-256')),
                    ('replay_until_on', models.DateField(blank=True, null=True, verbose_name='回放保存到')),
                    ('replay_url', models.URLField(blank=True, db_default='', max_length=500, verbose_name='回放地址')),
                    ('return_words', models.CharField(blank=True, db_default='', max_length=300, verbose_name='退货说明')),
                ],
                options={
                    'verbose_name': '场次',
                    'verbose_name_plural': '场次',
                    'indexes': [
                        models.Index(fields=['county', 'planned_start_at'], name='session_by_plan'),
                        models.Index(fields=['county', 'went_live_at'], name='session_by_air'),
                        models.Index(fields=['state', 'ended_at'], name='session_by_state'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('planned_end_at__gt', models.F('planned_start_at'))), name='session_plan_ends_after_start'),
                        models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gt', models.F('went_live_at')), _connector='OR'), name='session_ends_after_going_live'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['archived', 'ended', 'live', 'reviewed']), _negated=True), ('went_live_at__isnull', False), _connector='OR'), name='aired_session_went_live'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'approved', 'rehearsed', 'live', 'ended', 'reviewed', 'archived', 'cancelled'])), name='session_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['county_head', 'village_host', 'relay', 'special', 'practice'])), name='session_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('planned_end_at__lte', django.db.models.expressions.CombinedExpression(models.F('planned_start_at'), '+', models.Value(datetime.timedelta(days=1))))), name='session_within_a_day'),
                        models.CheckConstraint(condition=models.Q(models.Q(('series__isnull', True), ('series_on__isnull', True)), models.Q(('series__isnull', False), ('series_on__isnull', False)), _connector='OR'), name='session_of_a_series_has_its_day'),
                        models.UniqueConstraint(fields=('series', 'series_on'), name='one_session_per_day_of_a_series'),
                        models.CheckConstraint(condition=models.Q(('released_version', None), ('released_version__lte', models.F('plan_version')), _connector='OR'), name='released_what_was_planned'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='book_host', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' THEN\n    UPDATE livestream_booking SET person_id = NEW.host_id\n    WHERE session_id = NEW.id AND duty = 'host' AND person_id <> NEW.host_id;\nELSE\n    INSERT INTO livestream_booking (session_id, person_id, duty, during, subject, is_binding)\n    VALUES (NEW.id, NEW.host_id, 'host', 'empty', '', true);\nEND IF;\nRETURN NULL;\n", hash='ac1e25783e0ce1b22d24de11ac5257d69615f4cb', operation='INSERT OR UPDATE OF "host_id"', pgid='pgtrigger_book_host_e4a12', table='livestream_livesession', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='move_bookings', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."county_id" IS DISTINCT FROM (NEW."county_id") OR OLD."planned_end_at" IS DISTINCT FROM (NEW."planned_end_at") OR OLD."planned_start_at" IS DISTINCT FROM (NEW."planned_start_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE session_id = NEW.id ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE session_id = NEW.id; RETURN NULL;', hash='72454c637ae66eb416ce833d55d27df6df68f469', operation='UPDATE OF "planned_start_at", "planned_end_at", "state", "county_id"', pgid='pgtrigger_move_bookings_c2723', table='livestream_livesession', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.LiveSession', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'kind', 'state', 'title', 'host_id', 'place_id', 'planned_start_at', 'planned_end_at', 'went_live_at', 'ended_at', 'goal_fen', 'is_public_interest', 'campaign_id', 'series_id', 'series_on', 'note', 'plan_version', 'released_version', 'return_words', 'replay_url', 'replay_sha256', 'replay_until_on', 'created_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='6b10c7f8b5b0dfda040c825c2eaff2c74bc84251', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_0a93b', table='livestream_livesession', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BoardVersion',
                fields=[
                    ('scope', models.CharField(max_length=60, primary_key=True, serialize=False)),
                    ('version', models.BigIntegerField(default=0)),
                    ('county', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('version__gte', 0)), name='board_version_not_negative'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Supplier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('kind', models.CharField(choices=[('cooperative', '合作社'), ('household', '农户'), ('farm', '家庭农场'), ('firm', '企业')], max_length=12, verbose_name='类别')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='所在村')),
                    ('address', models.CharField(blank=True, db_default='', max_length=120, verbose_name='经营地址')),
                    ('contact', livestream.models.encrypted.EncryptedTextField(blank=True, db_default='', verbose_name='联系人')),
                    ('is_in_use', models.BooleanField(db_default=True, default=True, verbose_name='在用')),
                    ('licence_no', models.CharField(blank=True, db_default='', max_length=40, verbose_name='统一社会信用代码')),
                    ('phone', livestream.models.encrypted.EncryptedTextField(blank=True, db_default='', verbose_name='电话')),
                    ('registration', models.CharField(blank=True, choices=[('licensed', '有营业执照'), ('exempt', '自产自销，依法不用登记')], db_default='', max_length=10, verbose_name='登记')),
                    ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ],
                options={
                    'verbose_name': '供货商',
                    'verbose_name_plural': '供货商',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'name', 'place'), name='supplier_once_per_place'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Supplier', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'kind', 'place_id', 'registration', 'licence_no', 'address', 'is_in_use']::text[], ARRAY[]::text[], ARRAY['contact', 'phone']::text[]); RETURN NULL;", hash='883ed523958b6b79e9eb4a3b40738fa4d34c216c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_e6afa', table='livestream_supplier', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='GeoIndication',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='地理标志')),
                    ('number', models.CharField(blank=True, max_length=40, verbose_name='登记号')),
                    ('holder', models.CharField(blank=True, max_length=80, verbose_name='持有人')),
                    ('valid_until_on', models.DateField(blank=True, null=True, verbose_name='有效到')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['name'],
                    'verbose_name': '地理标志',
                    'verbose_name_plural': '地理标志',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'name'), name='geo_indication_once_per_county'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.GeoIndication', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'number', 'holder', 'valid_until_on']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='958a6f5d577a6ba7f3aff41c3d678c6a5b602a6c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_79eb9', table='livestream_geoindication', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Product',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sku', models.CharField(max_length=64, verbose_name='商家编码')),
                    ('title', models.CharField(max_length=80, verbose_name='商品名')),
                    ('net_weight_grams', models.PositiveIntegerField(verbose_name='净重（克）')),
                    ('list_price_fen', models.PositiveIntegerField(verbose_name='日常价（分）')),
                    ('selling_points', models.TextField(blank=True, help_text='一行一条，最多三条', verbose_name='卖点')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='livestream.supplier', verbose_name='供货商')),
                    ('actual_seller', models.CharField(blank=True, db_default='', max_length=80, verbose_name='实际销售者')),
                    ('brand', models.CharField(blank=True, db_default='', max_length=40, verbose_name='品牌')),
                    ('floor_per', models.CharField(choices=[('piece', '每件'), ('jin', '每斤')], db_default='piece', default='piece', max_length=6, verbose_name='保护价按')),
                    ('floor_price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='保护价（分）')),
                    ('grade', models.PositiveSmallIntegerField(blank=True, choices=[(0, '特级'), (1, '一级'), (2, '二级'), (3, '三级')], null=True, verbose_name='等级')),
                    ('is_in_use', models.BooleanField(db_default=True, default=True, verbose_name='在用')),
                    ('product_class', models.CharField(blank=True, choices=[('primary', '初级农产品'), ('processed1', '初加工农产品'), ('food', '加工食品'), ('herb', '中药材'), ('food_medic', '食药物质'), ('craft', '手工艺品'), ('ticket', '门票和服务')], db_default='', max_length=10, verbose_name='商品类别')),
                    ('return_policy', models.CharField(choices=[('seven_days', '七天无理由退货'), ('fresh', '鲜活易腐，不支持无理由退货，坏了包赔'), ('to_order', '定做，不支持无理由退货'), ('ticket', '门票和服务，按购买须知退改')], db_default='seven_days', default='seven_days', max_length=10, verbose_name='退货办法')),
                    ('sale_unit', models.CharField(choices=[('bag', '袋'), ('box', '箱'), ('gift_box', '盒'), ('bottle', '瓶'), ('tin', '罐'), ('piece', '件'), ('ticket', '张')], db_default='piece', default='piece', max_length=8, verbose_name='单位')),
                    ('shelf_life_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='保质期（天）')),
                    ('spec', models.CharField(blank=True, db_default='', help_text='例如 5 斤一箱，单果 80 毫米以上', max_length=60, verbose_name='规格')),
                    ('storage', models.CharField(choices=[('room', '常温'), ('cool', '阴凉干燥'), ('chilled', '冷藏'), ('frozen', '冷冻')], db_default='room', default='room', max_length=8, verbose_name='储存')),
                    ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                    ('geo_indication', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='livestream.geoindication', verbose_name='地理标志')),
                ],
                options={
                    'verbose_name': '商品',
                    'verbose_name_plural': '商品',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'sku'), name='sku_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('net_weight_grams__gt', 0)), name='product_weighs_something'),
                        models.CheckConstraint(condition=models.Q(('product_class', ''), ('product_class__in', ['primary', 'processed1', 'food', 'herb', 'food_medic', 'craft', 'ticket']), _connector='OR'), name='product_class_is_known'),
                        models.CheckConstraint(condition=models.Q(('sale_unit__in', ['bag', 'box', 'gift_box', 'bottle', 'tin', 'piece', 'ticket'])), name='sale_unit_is_known'),
                        models.CheckConstraint(condition=models.Q(('return_policy__in', ['seven_days', 'fresh', 'to_order', 'ticket'])), name='return_policy_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Product', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'sku', 'title', 'supplier_id', 'net_weight_grams', 'list_price_fen', 'selling_points', 'product_class', 'spec', 'sale_unit', 'grade', 'geo_indication_id', 'brand', 'storage', 'shelf_life_days', 'return_policy', 'actual_seller', 'floor_price_fen', 'floor_per', 'is_in_use']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='a42625125197cc2a27084240f70565064036dc8d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_9067d', table='livestream_product', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Segment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='这一段讲什么')),
                    ('starts_at', models.DateTimeField(verbose_name='开始')),
                    ('ends_at', models.DateTimeField(verbose_name='结束')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='在哪里')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['starts_at'],
                    'verbose_name': '接力段',
                    'verbose_name_plural': '接力段',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='segment_ends_after_start'),
                        django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('session', '='), (models.Func('starts_at', 'ends_at', function='tstzrange'), '&&')], name='one_segment_at_a_time'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Segment', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'title', 'place_id', 'starts_at', 'ends_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f9aa762f7b2939a165173c86b8dd8965f1d08175', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_442ca', table='livestream_segment', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='segment_moves_bookings', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE segment_id = NEW.id ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE segment_id = NEW.id; RETURN NULL;', hash='1a0c4673fe104ab4162cbaea6e18e6595a053e36', operation='UPDATE OF "starts_at", "ends_at"', pgid='pgtrigger_segment_moves_bookings_7bb3f', table='livestream_segment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubsidyRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='补贴')),
                    ('payer', models.CharField(max_length=60, verbose_name='谁出钱')),
                    ('per_unit_fen', models.PositiveIntegerField(verbose_name='每件补（分）')),
                    ('cap_fen', models.BigIntegerField(verbose_name='一共最多（分）')),
                    ('from_at', models.DateTimeField(verbose_name='从什么时候')),
                    ('until_at', models.DateTimeField(verbose_name='到什么时候')),
                    ('basis', models.CharField(blank=True, max_length=120, verbose_name='文件依据')),
                    ('used_fen', models.BigIntegerField(default=0, editable=False, verbose_name='已用（分）')),
                    ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                    ('goes_to', models.CharField(choices=[('seller', '补给卖家'), ('buyer', '减给顾客')], db_default='seller', default='seller', max_length=6, verbose_name='补给谁')),
                ],
                options={
                    'ordering': ['-from_at', '-pk'],
                    'verbose_name': '补贴规则',
                    'verbose_name_plural': '补贴规则',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'name'), name='subsidy_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('until_at__gt', models.F('from_at'))), name='subsidy_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('per_unit_fen__gt', 0)), name='subsidy_is_something'),
                        models.CheckConstraint(condition=models.Q(('cap_fen__gte', models.F('per_unit_fen'))), name='subsidy_cap_holds_a_unit'),
                        models.CheckConstraint(condition=models.Q(('goes_to__in', ['seller', 'buyer'])), name='subsidy_reaches_somebody'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.SubsidyRule', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'payer', 'per_unit_fen', 'cap_fen', 'from_at', 'until_at', 'goes_to', 'basis', 'is_active', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f3f7498ea7b7c4fc63aa69e3d5f30b6e43aa258e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_08c04', table='livestream_subsidyrule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LineUpItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='坑位')),
                    ('live_price_fen', models.PositiveIntegerField(verbose_name='直播价（分）')),
                    ('committed_stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='承诺库存')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='line_up', to='livestream.livesession', verbose_name='场次')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='line_up', to='livestream.segment', verbose_name='接力段')),
                    ('actual_seller', models.CharField(blank=True, db_default='', max_length=80, verbose_name='实际销售者')),
                    ('banned_claims', models.CharField(blank=True, db_default='', max_length=300, verbose_name='不能说')),
                    ('commission_basis_points', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='佣金（万分之）')),
                    ('compare_basis', models.CharField(blank=True, choices=[('evidence', '有证据'), ('own_low', '自己前 7 天最低成交价')], db_default='', max_length=8, verbose_name='划线价依据')),
                    ('compare_evidence', models.CharField(blank=True, db_default='', max_length=200, verbose_name='证据')),
                    ('compare_price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='划线价（分）')),
                    ('cut_off_at', models.DateTimeField(blank=True, null=True, verbose_name='截单时间')),
                    ('daily_ship_capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='每天能发（件）')),
                    ('floor_per', models.CharField(choices=[('piece', '每件'), ('jin', '每斤')], db_default='piece', default='piece', max_length=6, verbose_name='保护价按')),
                    ('floor_price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='保护价（分）')),
                    ('list_price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='日常价（分）')),
                    ('note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='备注')),
                    ('planned_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='讲几分钟')),
                    ('points', models.CharField(blank=True, db_default='', max_length=300, verbose_name='卖点')),
                    ('presale_on', models.DateField(blank=True, null=True, verbose_name='预售发货日')),
                    ('sample_status', models.CharField(choices=[('none', '还没有'), ('asked', '已要'), ('here', '在台上'), ('unneeded', '不用')], db_default='none', default='none', max_length=8, verbose_name='样品')),
                    ('settlement_price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='结算价（分）')),
                    ('ship_within_hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='几小时内发货')),
                    ('slot_fee_fen', models.PositiveIntegerField(db_default=0, default=0, verbose_name='坑位费（分）')),
                    ('slot_role', models.CharField(blank=True, choices=[('traffic', '引流款'), ('welfare', '福利款'), ('hero', '主推款'), ('profit', '利润款'), ('bundle', '搭配款'), ('encore', '返场款')], db_default='', max_length=8, verbose_name='款型')),
                    ('state', models.CharField(choices=[('planned', '还没上架'), ('listed', '在架'), ('sold_out', '卖完了'), ('unlisted', '已下架'), ('pulled', '紧急下架')], db_default='planned', default='planned', max_length=8, verbose_name='上架')),
                    ('subsidy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='livestream.subsidyrule', verbose_name='补贴')),
                ],
                options={
                    'ordering': ['position'],
                    'verbose_name': '排品',
                    'verbose_name_plural': '排品',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'product'), name='product_once_per_session'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'listed', 'sold_out', 'unlisted', 'pulled'])), name='item_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('slot_role', ''), ('slot_role__in', ['traffic', 'welfare', 'hero', 'profit', 'bundle', 'encore']), _connector='OR'), name='slot_role_is_known'),
                        models.CheckConstraint(condition=models.Q(('compare_price_fen', None), ('compare_basis__in', ['evidence', 'own_low']), _connector='OR'), name='compare_price_has_a_basis'),
                        models.CheckConstraint(condition=models.Q(('commission_basis_points__lte', 10000)), name='commission_within_the_price'),
                        models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], fields=('session', 'position'), name='slot_once_per_session'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.LineUpItem', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'product_id', 'segment_id', 'position', 'live_price_fen', 'committed_stock', 'state', 'slot_role', 'actual_seller', 'list_price_fen', 'compare_price_fen', 'compare_basis', 'compare_evidence', 'floor_price_fen', 'floor_per', 'settlement_price_fen', 'commission_basis_points', 'slot_fee_fen', 'subsidy_id', 'daily_ship_capacity', 'ship_within_hours', 'presale_on', 'cut_off_at', 'sample_status', 'planned_minutes', 'points', 'banned_claims', 'note']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='4788bb009eb24998ccf489099f091c790fe7091c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_1b72f', table='livestream_lineupitem', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='papers_before_listing', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE today date; class text; supplier bigint; uses_geo boolean; geo_is_over boolean; lines text[];', func="\nIF NEW.state <> 'listed' OR TG_OP = 'UPDATE' AND OLD.state = NEW.state\nAND OLD.product_id = NEW.product_id AND OLD.session_id = NEW.session_id THEN\n    RETURN NEW;\nEND IF;\ntoday := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;\nSELECT p.product_class, p.supplier_id, p.geo_indication_id IS NOT NULL, COALESCE(g.valid_until_on < today, false),\n    CASE p.product_class WHEN 'primary' THEN ARRAY['commitment'] WHEN 'processed1' THEN ARRAY['commitment','test'] WHEN 'food' THEN ARRAY['food_lic,workshop','standard','test'] WHEN 'herb' THEN ARRAY['drug_lic','test'] WHEN 'food_medic' THEN ARRAY['commitment,food_lic','test'] WHEN 'ticket' THEN ARRAY['licence'] ELSE '{}'::text[] END\n    || ARRAY(SELECT r.any_of::text FROM livestream_paperrule r\n        WHERE r.county_id = p.county_id AND r.product_class = p.product_class)\nINTO class, supplier, uses_geo, geo_is_over, lines\nFROM livestream_product p LEFT JOIN livestream_geoindication g ON g.id = p.geo_indication_id WHERE p.id = NEW.product_id;\nIF uses_geo THEN\n    lines := lines || 'gi'::text;\nEND IF;\nIF class <> '' AND (NOT geo_is_over AND NOT EXISTS (\n    SELECT 1 FROM unnest(lines) AS line WHERE NOT EXISTS (\n        SELECT 1 FROM livestream_paper d WHERE d.supplier_id = supplier\n        AND (d.product_id IS NULL OR d.product_id = NEW.product_id) AND d.kind = ANY (string_to_array(line, ','))\n        AND d.state = 'accepted' AND (d.valid_until_on IS NULL OR d.valid_until_on >= today)))\n    OR EXISTS (SELECT 1 FROM livestream_gateoverride o\n        WHERE o.session_id = NEW.session_id AND o.product_id = NEW.product_id)) THEN\n    RETURN NEW;\nEND IF;\nRAISE EXCEPTION 'an item is listed with its papers, or somebody answers for it' USING ERRCODE = 'check_violation',\n    CONSTRAINT = 'papers_before_listing';\n", hash='8c860964429fdc4bd355e8f2c948453cd2a1c8c2', operation='INSERT OR UPDATE OF "state", "product_id", "session_id"', pgid='pgtrigger_papers_before_listing_1baa4', table='livestream_lineupitem', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Room',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('platform', models.CharField(max_length=16, verbose_name='平台')),
                    ('room_id', models.CharField(max_length=64, verbose_name='直播间号')),
                    ('account', models.CharField(blank=True, max_length=64, verbose_name='直播账号')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '直播间',
                    'verbose_name_plural': '直播间',
                    'indexes': [
                        models.Index(fields=['room_id'], name='room_by_id'),
                        models.Index(fields=['account'], name='room_by_account'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'platform', 'room_id'), name='room_once_per_session'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Room', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'platform', 'room_id', 'account']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='e9d5dc3f1cfa0e5c41d217265c5e566a4e9cb201', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_f5fa8', table='livestream_room', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='book_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nDELETE FROM livestream_booking b USING livestream_room m WHERE b.room_id = m.id AND m.session_id = NEW.session_id AND NOT EXISTS (\n    SELECT 1 FROM livestream_resource r WHERE r.id = b.resource_id AND b.session_id = m.session_id\n    AND r.kind = 'account' AND r.platform = m.platform AND r.account = m.account);\nINSERT INTO livestream_booking (session_id, resource_id, room_id, duty, during, subject, is_binding)\nSELECT DISTINCT ON (m.session_id, r.id) m.session_id, r.id, m.id, '', 'empty'::tstzrange, '', true\nFROM livestream_room m JOIN livestream_livesession s ON s.id = m.session_id\nJOIN livestream_resource r ON r.county_id = s.county_id AND r.kind = 'account'\n    AND r.platform = m.platform AND r.account = m.account\nWHERE m.session_id = NEW.session_id AND m.account <> ''\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = m.session_id AND b.resource_id = r.id)\nORDER BY m.session_id, r.id, m.id;\nRETURN NULL;", hash='85e8d631e5f48d6d67508c13ca5ae276a13a3fd2', operation='INSERT OR UPDATE OF "account", "platform", "session_id"', pgid='pgtrigger_book_account_46a7f', table='livestream_room', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='keep_account', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\nDELETE FROM livestream_booking b USING livestream_room m WHERE b.room_id = m.id AND m.session_id = OLD.session_id AND NOT EXISTS (\n    SELECT 1 FROM livestream_resource r WHERE r.id = b.resource_id AND b.session_id = m.session_id\n    AND r.kind = 'account' AND r.platform = m.platform AND r.account = m.account);\nINSERT INTO livestream_booking (session_id, resource_id, room_id, duty, during, subject, is_binding)\nSELECT DISTINCT ON (m.session_id, r.id) m.session_id, r.id, m.id, '', 'empty'::tstzrange, '', true\nFROM livestream_room m JOIN livestream_livesession s ON s.id = m.session_id\nJOIN livestream_resource r ON r.county_id = s.county_id AND r.kind = 'account'\n    AND r.platform = m.platform AND r.account = m.account\nWHERE m.session_id = OLD.session_id AND m.account <> ''\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = m.session_id AND b.resource_id = r.id)\nORDER BY m.session_id, r.id, m.id;\nRETURN NULL;", hash='dfc290ea4a428bd433a8bfcaf306a67df96d4756', operation='UPDATE OF "session_id" OR DELETE', pgid='pgtrigger_keep_account_c1619', table='livestream_room', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Leader',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('title', models.CharField(max_length=60, verbose_name='职务')),
                    ('rank', models.CharField(choices=[('top', '一把手'), ('deputy', '副职'), ('other', '嘉宾')], max_length=8, verbose_name='级别')),
                    ('department', models.CharField(choices=[('government', '党委政府'), ('people', '人大政协群团'), ('farming', '农业农村、乡村振兴'), ('commerce', '商务、供销、文旅'), ('food_safety', '市场监管、食品安全监管'), ('health', '卫生健康、疾控'), ('inspection', '食品检验机构'), ('association', '食品行业协会'), ('none', '不在机关单位')], max_length=16, verbose_name='单位类别')),
                    ('unit', models.CharField(max_length=60, verbose_name='单位')),
                    ('is_in_office', models.BooleanField(default=True, verbose_name='在任')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['name'],
                    'verbose_name': '领导',
                    'verbose_name_plural': '领导',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('rank__in', ['top', 'deputy', 'other'])), name='leader_rank_is_known'),
                        models.CheckConstraint(condition=models.Q(('department__in', ['government', 'people', 'farming', 'commerce', 'food_safety', 'health', 'inspection', 'association', 'none'])), name='leader_department_is_known'),
                        models.UniqueConstraint(fields=('county', 'name', 'unit'), name='leader_once_per_county'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Leader', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'title', 'rank', 'department', 'unit', 'is_in_office']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='118ef4fd7a62ee0431ed685a4294e160bdef9d86', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_baf26', table='livestream_leader', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Guest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('title', models.CharField(max_length=60, verbose_name='职务')),
                    ('rank', models.CharField(choices=[('top', '一把手'), ('deputy', '副职'), ('other', '嘉宾')], max_length=8, verbose_name='级别')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='livestream.livesession', verbose_name='场次')),
                    ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='livestream.leader', verbose_name='领导')),
                    ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='guests', to='livestream.segment', verbose_name='接力段')),
                ],
                options={
                    'verbose_name': '嘉宾',
                    'verbose_name_plural': '嘉宾',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'name'), name='guest_once_per_session'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Guest', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'name', 'title', 'rank', 'leader_id', 'segment_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='71b57bfe21379f676897a2f7e753666c37743682', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_5ded9', table='livestream_guest', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='book_leader', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.leader_id IS NULL THEN\n    DELETE FROM livestream_booking WHERE guest_id = NEW.id;\nELSIF EXISTS (SELECT 1 FROM livestream_booking WHERE guest_id = NEW.id) THEN\n    UPDATE livestream_booking SET leader_id = NEW.leader_id, segment_id = NEW.segment_id, session_id = NEW.session_id\n    WHERE guest_id = NEW.id;\nELSE\n    INSERT INTO livestream_booking (session_id, leader_id, segment_id, guest_id, duty, during, subject, is_binding)\n    VALUES (NEW.session_id, NEW.leader_id, NEW.segment_id, NEW.id, '', 'empty', '', true);\nEND IF;\nRETURN NULL;\n", hash='e2236fb4dcb4e40592c1ef31ae4aa218a09deb5a', operation='INSERT OR UPDATE OF "leader_id", "segment_id", "session_id"', pgid='pgtrigger_book_leader_f4f68', table='livestream_guest', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Incident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('stream_lost', '断播'), ('stream_reopened', '重开'), ('price_changed', '改价'), ('stock_changed', '改库存'), ('item_pulled', '紧急下架'), ('correction_made', '口播更正'), ('other', '其他情况')], max_length=16, verbose_name='类别')),
                    ('happened_at', models.DateTimeField(verbose_name='发生时间')),
                    ('note', models.CharField(blank=True, max_length=120, verbose_name='说明')),
                    ('noted_at', models.DateTimeField(auto_now_add=True, verbose_name='记录时间')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incidents', to='livestream.livesession', verbose_name='场次')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('proof_name', models.CharField(blank=True, db_default='', max_length=100, verbose_name='凭据')),
                    ('proof_sha256', models.CharField(blank=True, db_default='', editable=False, max_length=64)),
                    ('proof_stored_as', models.CharField(blank=True, db_default='', editable=False, max_length=100)),
                    ('said', models.CharField(blank=True, db_default='', max_length=200, verbose_name='当场怎么说的')),
                    ('tap', models.CharField(blank=True, db_default='', editable=False, max_length=64)),
                ],
                options={
                    'ordering': ['happened_at', 'pk'],
                    'verbose_name': '现场记录',
                    'verbose_name_plural': '现场记录',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['stream_lost', 'stream_reopened', 'price_changed', 'stock_changed', 'item_pulled', 'correction_made', 'other'])), name='incident_kind_is_known'),
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='incident_tap_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Incident', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'kind', 'happened_at', 'note', 'said', 'product_id', 'proof_name', 'proof_sha256', 'noted_by_id', 'noted_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='8111e3a44b0b36166cca94bddd4a1532ddd1f6c0', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_37625', table='livestream_incident', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Pitch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('started_at', models.DateTimeField(verbose_name='开讲')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='讲完')),
                    ('tap', models.CharField(blank=True, editable=False, max_length=64)),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pitches', to='livestream.livesession', verbose_name='场次')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁按的')),
                ],
                options={
                    'ordering': ['started_at', 'pk'],
                    'verbose_name': '讲解',
                    'verbose_name_plural': '讲解',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('session',), name='one_open_pitch_per_session'),
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='pitch_tap_once'),
                        models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='pitch_ends_after_start'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Appointment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('host', '主播'), ('staff', '工作人员'), ('trainer', '讲师'), ('approver', '审批人'), ('exporter', '导出人'), ('auditor', '审计员'), ('commissioner', '特派员'), ('admin', '平台管理员')], max_length=12, verbose_name='身份')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(blank=True, null=True, verbose_name='到')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='任命时间')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('appointed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='任命人')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='地方')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appointments', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '任职',
                    'verbose_name_plural': '任职',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('role__in', ['host', 'staff', 'trainer', 'approver', 'exporter', 'auditor', 'commissioner', 'admin'])), name='appointment_role_is_known'),
                        models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='appointment_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(models.Q(('role', 'commissioner'), _negated=True), ('until_on__isnull', False), _connector='OR'), name='appointed_commissioner_has_dates'),
                        models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role', 'place'), name='appointed_once_to_a_post'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Appointment', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.place_id] WHEN 'DELETE' THEN ARRAY[OLD.place_id] ELSE ARRAY[OLD.place_id, NEW.place_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'user_id', 'role', 'place_id', 'from_on', 'until_on', 'appointed_by_id', 'created_at', 'ended_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='c41b4068453ba319a12a7e4794ded63b54c41221', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_55d2f', table='livestream_appointment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AuditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                    ('deed', models.CharField(max_length=24, verbose_name='做了什么')),
                    ('place', models.CharField(blank=True, max_length=12, verbose_name='地方')),
                    ('kind', models.CharField(blank=True, max_length=40, verbose_name='对象类型')),
                    ('object_id', models.CharField(blank=True, max_length=64, verbose_name='对象')),
                    ('before', models.JSONField(null=True, verbose_name='之前')),
                    ('after', models.JSONField(null=True, verbose_name='之后')),
                    ('detail', models.JSONField(default=dict, verbose_name='说明')),
                    ('address', models.GenericIPAddressField(null=True, verbose_name='来自')),
                    ('request_id', models.CharField(blank=True, max_length=32, verbose_name='请求号')),
                    ('position', models.BigIntegerField(null=True, unique=True, verbose_name='链上序号')),
                    ('digest', models.CharField(blank=True, max_length=64, verbose_name='链上摘要')),
                    ('acted_for', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代谁')),
                    ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                ],
                options={
                    'verbose_name': '审计记录',
                    'verbose_name_plural': '审计',
                    'indexes': [
                        models.Index(condition=models.Q(('position', None)), fields=['id'], name='audit_unsealed'),
                        models.Index(models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_time'),
                        models.Index(django.db.models.functions.text.Left('place', 2), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_province'),
                        models.Index(django.db.models.functions.text.Left('place', 4), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_city'),
                        models.Index(django.db.models.functions.text.Left('place', 6), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_county'),
                        models.Index(models.F('actor'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_actor'),
                        models.Index(models.F('acted_for'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('acted_for__isnull', False)), name='audit_by_acted_for'),
                        models.Index(models.F('deed'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_deed'),
                        models.Index(models.F('kind'), models.F('object_id'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='audit_by_object'),
                        models.Index(fields=['request_id'], name='audit_by_request', opclasses=['varchar_pattern_ops']),
                        models.Index(models.F('address'), models.OrderBy(models.F('at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('address__isnull', False)), name='audit_by_address'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_sealed_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.digest = '' OR to_jsonb(NEW) - 'position' - 'digest' IS DISTINCT FROM to_jsonb(OLD) - 'position' - 'digest' THEN RAISE EXCEPTION 'pgtrigger: an audit entry is never changed'; END IF; RETURN NEW;", hash='d53a18c5e3bc853660f08b62d0d95762405e773f', operation='UPDATE', pgid='pgtrigger_audit_sealed_once_af444', table='livestream_auditentry', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='audit_comes_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.position IS NOT NULL OR NEW.digest <> '' THEN RAISE EXCEPTION 'pgtrigger: an audit entry comes without a place in the chain'; END IF; RETURN NEW;", hash='363a4594a782e76bb3fbd6f8c70359301ebbf5b0', operation='INSERT', pgid='pgtrigger_audit_comes_open_b0a99', table='livestream_auditentry', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='audit_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('cunbo.retire', true) IS DISTINCT FROM 'on' OR OLD.position IS NULL OR OLD.deed = 'log_retired' OR OLD.at > now() - interval '6 months' OR ((OLD.deed LIKE 'export%' OR OLD.kind LIKE '%.Export%') AND OLD.at > now() - interval '36 months') THEN RAISE EXCEPTION 'pgtrigger: an audit entry is never deleted'; END IF; RETURN OLD;", hash='b38543bef321f4357d22f14178466eecfabc1f9f', operation='DELETE', pgid='pgtrigger_audit_append_only_3caf8', table='livestream_auditentry', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SecondFactor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                    ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                    ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                    ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                    ('key', livestream.models.encrypted.EncryptedTextField(verbose_name='密钥')),
                    ('last_step', models.BigIntegerField(default=-1, verbose_name='最近用过的一步')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='设置时间')),
                    ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='second_factors', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '两步验证',
                    'verbose_name_plural': '两步验证',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('confirmed', True)), fields=('user',), name='second_factor_one_for_a_person'),
                        models.UniqueConstraint(condition=models.Q(('confirmed', False)), fields=('user',), name='second_factor_one_waits'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.SecondFactor', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] WHEN 'DELETE' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id)] ELSE ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id), (SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'name', 'confirmed', 'user_id', 'created_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='8378a2786cca9c01b922c794731af00ee3be9653', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_5199a', table='livestream_secondfactor', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('join', '加入'), ('reset', '重设密码')], max_length=8, verbose_name='类型')),
                    ('digest', models.BinaryField(max_length=32, unique=True)),
                    ('made_at', models.DateTimeField(verbose_name='发出时间')),
                    ('expires_at', models.DateTimeField(verbose_name='有效到')),
                    ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='使用时间')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='收回时间')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁发的')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '邀请',
                    'verbose_name_plural': '邀请',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='invitation_ends_after_it_began'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['join', 'reset'])), name='invitation_kind_is_known'),
                        models.UniqueConstraint(condition=models.Q(('revoked_at', None), ('used_at', None)), fields=('user',), name='one_open_invitation_per_person'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Invitation', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] WHEN 'DELETE' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id)] ELSE ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id), (SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'user_id', 'kind', 'made_by_id', 'made_at', 'expires_at', 'used_at', 'revoked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='9252beece5e7f9da6b0aeb93f26eb9544a952dad', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_11494', table='livestream_invitation', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BlockedLoad',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('directive', models.CharField(max_length=40)),
                    ('page', models.CharField(max_length=80)),
                    ('blocked', models.CharField(max_length=80)),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('last_at', models.DateTimeField()),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('on', 'directive', 'page', 'blocked'), name='blocked_load_once_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='MatchKey',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('key', livestream.models.encrypted.EncryptedTextField()),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='one_match_key'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PersonalData',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='personal', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('birth', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='出生日期')),
                    ('identity_digest', models.CharField(blank=True, editable=False, max_length=64)),
                    ('second_phone', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='备用电话')),
                    ('guardian_name', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='监护人姓名')),
                    ('guardian_phone', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='监护人电话')),
                    ('guardian_evidence', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='同意书存放处')),
                    ('guardian_on', models.DateField(blank=True, null=True, verbose_name='监护人同意日期')),
                    ('checked_on', models.DateField(blank=True, null=True, verbose_name='核验身份日期')),
                    ('is_adult', models.BooleanField(default=False, verbose_name='已核身份，满 18 周岁')),
                    ('verify_by', models.DateField(blank=True, null=True, verbose_name='补核期限')),
                    ('sealed', livestream.models.encrypted.EncryptedTextField(blank=True, editable=False)),
                    ('restricted_until', models.DateField(blank=True, null=True, verbose_name='限制处理到')),
                    ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                    ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核验人')),
                    ('guardian_noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ],
                options={
                    'verbose_name': '个人信息',
                    'verbose_name_plural': '个人信息',
                    'indexes': [
                        models.Index(condition=models.Q(('identity_digest', ''), _negated=True), fields=['identity_digest'], name='person_by_identity'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('guardian_on', None), models.Q(models.Q(('guardian_evidence', ''), _negated=True), ('guardian_noted_by__isnull', False)), _connector='OR'), name='guardian_consent_has_evidence'),
                        models.CheckConstraint(condition=models.Q(('is_adult', False), ('checked_on__isnull', False), _connector='OR'), name='adult_was_checked'),
                        models.CheckConstraint(condition=models.Q(models.Q(('restricted_until', None), ('sealed', '')), models.Q(('restricted_until__isnull', False), models.Q(('sealed', ''), _negated=True)), _connector='OR'), name='restricted_person_is_sealed'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.PersonalData', COALESCE(NEW.user_id, OLD.user_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] WHEN 'DELETE' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id)] ELSE ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id), (SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['user_id', 'guardian_on', 'guardian_noted_by_id', 'checked_on', 'checked_by_id', 'is_adult', 'verify_by', 'restricted_until']::text[], ARRAY[]::text[], ARRAY['birth', 'identity_digest', 'second_phone', 'guardian_name', 'guardian_phone', 'guardian_evidence', 'sealed']::text[]); RETURN NULL;", hash='a14e144df67dd165b81694060f7a5799fa972344', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_b597c', table='livestream_personaldata', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SubjectRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('copy', '要一份我的资料'), ('correct', '改正我的资料'), ('erase', '注销账号，删除我的资料'), ('restrict', '先别用我的资料')], max_length=8, verbose_name='请求')),
                    ('wish', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='说明')),
                    ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提出时间')),
                    ('due_on', models.DateField(verbose_name='最晚答复')),
                    ('state', models.CharField(choices=[('open', '等待答复'), ('answered', '已答复'), ('withdrawn', '本人撤回')], default='open', max_length=10, verbose_name='状态')),
                    ('outcome', models.CharField(blank=True, choices=[('copied', '给副本'), ('corrected', '已改正'), ('erased', '注销并删除'), ('restricted', '限制处理'), ('refused', '不能照办')], max_length=10, verbose_name='答复')),
                    ('answer', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='答复说明')),
                    ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                    ('proof', models.JSONField(default=dict, verbose_name='前后行数')),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subject_requests', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '个人信息请求',
                    'verbose_name_plural': '个人信息请求',
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'open')), fields=['due_on'], name='open_request_by_due'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('user', 'kind'), name='one_open_request_of_a_kind'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['copy', 'correct', 'erase', 'restrict'])), name='request_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('outcome__in', ['copied', 'corrected', 'erased', 'restricted', 'refused']), ('state', 'answered')), models.Q(('outcome', ''), ('state__in', ['open', 'withdrawn'])), _connector='OR'), name='answered_request_has_an_answer'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.SubjectRequest', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] WHEN 'DELETE' THEN ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id)] ELSE ARRAY[(SELECT place_id FROM livestream_user WHERE id = OLD.user_id), (SELECT place_id FROM livestream_user WHERE id = NEW.user_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'user_id', 'kind', 'asked_at', 'due_on', 'state', 'outcome', 'answered_at', 'answered_by_id', 'proof']::text[], ARRAY[]::text[], ARRAY['wish', 'answer']::text[]); RETURN NULL;", hash='e77cc10a13ea2844078d850e2f90d5b8b42c01f9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_8bdc3', table='livestream_subjectrequest', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('publish_name', '公开写我的名字'), ('portrait', '用我的照片做宣传'), ('figures', '公开我的成绩'), ('recording', '上课放我的直播录像')], max_length=16, verbose_name='事项')),
                    ('is_given', models.BooleanField(verbose_name='同意')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                    ('way', models.CharField(choices=[('phone', '本人在手机上'), ('paper', '本人签字的纸'), ('joining', '加入时')], max_length=8, verbose_name='方式')),
                    ('text_version', models.PositiveSmallIntegerField(verbose_name='文本版本')),
                    ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '同意记录',
                    'verbose_name_plural': '同意记录',
                    'indexes': [
                        models.Index(fields=['user', 'kind', '-id'], name='consent_by_person'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['publish_name', 'portrait', 'figures', 'recording'])), name='consent_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('way__in', ['phone', 'paper', 'joining'])), name='consent_way_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='consent_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4f9ff5a6066a8135b3ee3ae03ec9f7ea8ad99553', operation='UPDATE OR DELETE', pgid='pgtrigger_consent_append_only_cfdf1', table='livestream_consent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AuditCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('began_at', models.DateTimeField(verbose_name='开始')),
                    ('ended_at', models.DateTimeField(verbose_name='结束')),
                    ('entries', models.BigIntegerField(verbose_name='查了几条')),
                    ('position', models.BigIntegerField(verbose_name='查到第几条')),
                    ('digest', models.CharField(blank=True, max_length=64, verbose_name='那一条的摘要')),
                    ('fault', models.CharField(blank=True, choices=[('changed', '内容被改过'), ('missing', '少了记录'), ('added', '多了记录'), ('cut_off', '末尾被截掉')], max_length=12, verbose_name='发现')),
                    ('fault_position', models.BigIntegerField(null=True, verbose_name='在第几条')),
                ],
                options={
                    'verbose_name': '审计链核对',
                    'verbose_name_plural': '审计链核对',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('fault__in', ['', 'changed', 'missing', 'added', 'cut_off'])), name='audit_fault_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='用在哪里')),
                    ('prefix', models.CharField(max_length=10, unique=True, verbose_name='开头')),
                    ('digest', models.BinaryField(max_length=32)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='可以做什么')),
                    ('created_at', models.DateTimeField(verbose_name='建立时间')),
                    ('expires_at', models.DateTimeField(verbose_name='有效到')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近一次使用')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='谁的')),
                    ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='哪个地方')),
                ],
                options={
                    'verbose_name': '接口令牌',
                    'verbose_name_plural': '接口令牌',
                    'indexes': [
                        models.Index(fields=['owner', '-created_at'], name='token_by_owner'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at')), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=366))))), name='token_lasts_a_year_at_most'),
                        models.CheckConstraint(condition=models.Q(('scopes__len__gt', 0)), name='token_is_for_something'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.ApiToken', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[COALESCE(NEW.place_id, '')] WHEN 'DELETE' THEN ARRAY[COALESCE(OLD.place_id, '')] ELSE ARRAY[COALESCE(OLD.place_id, ''), COALESCE(NEW.place_id, '')] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'owner_id', 'name', 'prefix', 'scopes', 'place_id', 'created_at', 'expires_at', 'revoked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='8b45c5562e7cc32cfbc62bdf36bfd6a871a7ba50', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_38211', table='livestream_apitoken', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ApiTokenAddress',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.GenericIPAddressField(verbose_name='来自')),
                    ('first_used_at', models.DateTimeField(verbose_name='第一次使用')),
                    ('last_used_at', models.DateTimeField(verbose_name='最近一次使用')),
                    ('known_at', models.DateTimeField(blank=True, null=True, verbose_name='认得的时间')),
                    ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='livestream.apitoken', verbose_name='接口令牌')),
                ],
                options={
                    'verbose_name': '令牌的来处',
                    'verbose_name_plural': '令牌的来处',
                    'constraints': [
                        models.UniqueConstraint(fields=('token', 'address'), name='address_once_per_token'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='KeptAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('caller', models.CharField(max_length=30)),
                    ('key', models.CharField(max_length=255)),
                    ('fingerprint', models.BinaryField(max_length=32)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('body', models.TextField(blank=True)),
                    ('made_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': '记下的回答',
                    'verbose_name_plural': '记下的回答',
                    'indexes': [
                        models.Index(fields=['made_at'], name='kept_answer_by_age'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('caller', 'key'), name='answered_once_per_key'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RecoveryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                    ('used_at', models.DateTimeField(null=True, verbose_name='用掉的时间')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '备用码',
                    'verbose_name_plural': '备用码',
                    'constraints': [
                        models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SignIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('session_key', models.CharField(blank=True, max_length=40, verbose_name='会话')),
                    ('kind', models.CharField(choices=[('desk', '电脑或公用设备'), ('own_phone', '自己的手机')], default='desk', max_length=10, verbose_name='类型')),
                    ('platform', models.CharField(choices=[('android', '安卓手机'), ('iphone', '苹果手机'), ('harmony', '鸿蒙手机'), ('tablet', '平板'), ('windows', 'Windows 电脑'), ('mac', '苹果电脑'), ('linux', 'Linux 电脑'), ('other', '别的设备')], default='other', max_length=10, verbose_name='设备')),
                    ('browser', models.CharField(choices=[('wechat', '微信'), ('qq', 'QQ 浏览器'), ('uc', 'UC 浏览器'), ('huawei', '华为浏览器'), ('miui', '小米浏览器'), ('edge', 'Edge'), ('firefox', 'Firefox'), ('chrome', 'Chrome'), ('safari', 'Safari'), ('other', '别的浏览器')], default='other', max_length=10, verbose_name='浏览器')),
                    ('address', models.GenericIPAddressField(null=True, verbose_name='来自')),
                    ('network', models.GenericIPAddressField(null=True, verbose_name='网络')),
                    ('began_at', models.DateTimeField(verbose_name='登录时间')),
                    ('seen_at', models.DateTimeField(verbose_name='最近使用')),
                    ('expires_at', models.DateTimeField(verbose_name='到期')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '登录',
                    'verbose_name_plural': '登录',
                    'indexes': [
                        models.Index(fields=['user', '-began_at'], name='sign_in_by_person'),
                        models.Index(fields=['expires_at'], name='sign_in_by_end'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('session_key', ''), _negated=True), fields=('session_key',), name='sign_in_of_a_session_once'),
                        models.CheckConstraint(condition=models.Q(('ended_at', None), ('session_key', ''), _connector='OR'), name='ended_sign_in_has_no_session'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SmsCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('phone_digest', models.CharField(max_length=64, verbose_name='手机号摘要')),
                    ('code_digest', models.CharField(max_length=64, verbose_name='验证码摘要')),
                    ('unsent', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='待发')),
                    ('network', models.GenericIPAddressField(null=True, verbose_name='网络')),
                    ('is_known', models.BooleanField(default=False, verbose_name='常用设备')),
                    ('asked_at', models.DateTimeField(verbose_name='请求时间')),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='已试次数')),
                    ('ended_at', models.DateTimeField(null=True, verbose_name='失效时间')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '短信验证码',
                    'verbose_name_plural': '短信验证码',
                    'indexes': [
                        models.Index(fields=['phone_digest', 'asked_at'], name='sms_code_by_phone'),
                        models.Index(fields=['network', 'asked_at'], name='sms_code_by_network'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('phone_digest',), name='sms_code_one_for_a_phone'),
                        models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='sms_code_tried_few_times'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Resource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('studio', '直播间场地'), ('place', '外景地'), ('kit', '灯光设备'), ('phone', '手机'), ('account', '平台账号')], max_length=8, verbose_name='类型')),
                    ('name', models.CharField(max_length=40, verbose_name='名称')),
                    ('platform', models.CharField(blank=True, max_length=16, verbose_name='平台')),
                    ('account', models.CharField(blank=True, max_length=64, verbose_name='直播账号')),
                    ('setup_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='布置（分钟）')),
                    ('clearing_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='收拾（分钟）')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='在哪里')),
                ],
                options={
                    'ordering': ['kind', 'name'],
                    'verbose_name': '可预约资源',
                    'verbose_name_plural': '可预约资源',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['studio', 'place', 'kit', 'phone', 'account'])), name='resource_kind_is_known'),
                        models.UniqueConstraint(fields=('county', 'kind', 'name'), name='resource_name_once_per_county'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'account'), _negated=True), models.Q(models.Q(('platform', ''), _negated=True), models.Q(('account', ''), _negated=True)), _connector='OR'), name='account_names_its_platform'),
                        models.UniqueConstraint(condition=models.Q(('kind', 'account')), fields=('county', 'platform', 'account'), name='account_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('clearing_minutes__lte', 720), ('setup_minutes__lte', 720)), name='resource_is_ready_within_half_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Resource', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'place_id', 'kind', 'name', 'platform', 'account', 'setup_minutes', 'clearing_minutes', 'is_in_use', 'note']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='e38bd0ad8a83865e0315ec2a9c324f35a3218162', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_0a51a', table='livestream_resource', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='resource_moves_bookings', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE resource_id = NEW.id ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE resource_id = NEW.id; RETURN NULL;', hash='ef5d46d65383fcf6fb57ebf6781a42bf20b4e46c', operation='UPDATE OF "setup_minutes", "clearing_minutes", "kind"', pgid='pgtrigger_resource_moves_bookings_5823b', table='livestream_resource', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='account_is_booked', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.kind = 'account' OR TG_OP = 'UPDATE' THEN \nDELETE FROM livestream_booking b USING livestream_room m WHERE b.room_id = m.id AND (m.platform = NEW.platform AND m.account = NEW.account\n    OR EXISTS (SELECT 1 FROM livestream_booking used WHERE used.room_id = m.id AND used.resource_id = NEW.id)) AND NOT EXISTS (\n    SELECT 1 FROM livestream_resource r WHERE r.id = b.resource_id AND b.session_id = m.session_id\n    AND r.kind = 'account' AND r.platform = m.platform AND r.account = m.account);\nINSERT INTO livestream_booking (session_id, resource_id, room_id, duty, during, subject, is_binding)\nSELECT DISTINCT ON (m.session_id, r.id) m.session_id, r.id, m.id, '', 'empty'::tstzrange, '', true\nFROM livestream_room m JOIN livestream_livesession s ON s.id = m.session_id\nJOIN livestream_resource r ON r.county_id = s.county_id AND r.kind = 'account'\n    AND r.platform = m.platform AND r.account = m.account\nWHERE (m.platform = NEW.platform AND m.account = NEW.account\n    OR EXISTS (SELECT 1 FROM livestream_booking used WHERE used.room_id = m.id AND used.resource_id = NEW.id)) AND m.account <> ''\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = m.session_id AND b.resource_id = r.id)\nORDER BY m.session_id, r.id, m.id;\n END IF; RETURN NULL;", hash='45a2d1b0c7b7e37f8c05fde8f548a712c16e8de5', operation='INSERT OR UPDATE OF "kind", "platform", "account"', pgid='pgtrigger_account_is_booked_3ea69', table='livestream_resource', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Availability',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('weekday', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='周几')),
                    ('from_on', models.DateField(blank=True, null=True, verbose_name='从')),
                    ('until_on', models.DateField(blank=True, null=True, verbose_name='到')),
                    ('from_time', models.TimeField(blank=True, null=True, verbose_name='几点起')),
                    ('until_time', models.TimeField(blank=True, null=True, verbose_name='到几点')),
                    ('reason', models.CharField(blank=True, max_length=60, verbose_name='原因')),
                    ('entered_at', models.DateTimeField(auto_now=True, verbose_name='填写时间')),
                    ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁填的')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='availability', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='availability', to='livestream.resource', verbose_name='资源')),
                ],
                options={
                    'verbose_name': '方便的时间',
                    'verbose_name_plural': '方便的时间',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('resource', None)), models.Q(('person', None), ('resource__isnull', False)), _connector='OR'), name='availability_of_one'),
                        models.CheckConstraint(condition=models.Q(models.Q(('from_on', None), ('from_time__isnull', False), ('until_on', None), ('until_time__isnull', False), ('weekday__range', (1, 7))), models.Q(('from_on__isnull', False), ('until_on__gte', models.F('from_on')), ('weekday', None)), _connector='OR'), name='availability_weekly_or_days_away'),
                        models.CheckConstraint(condition=models.Q(models.Q(('from_time__isnull', True), ('until_time__isnull', True)), models.Q(('from_time__isnull', False), ('until_time__isnull', False)), _connector='OR'), name='availability_has_both_times'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Availability', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[COALESCE((SELECT place_id FROM livestream_user WHERE id = NEW.person_id), (SELECT county_id FROM livestream_resource WHERE id = NEW.resource_id))] WHEN 'DELETE' THEN ARRAY[COALESCE((SELECT place_id FROM livestream_user WHERE id = OLD.person_id), (SELECT county_id FROM livestream_resource WHERE id = OLD.resource_id))] ELSE ARRAY[COALESCE((SELECT place_id FROM livestream_user WHERE id = OLD.person_id), (SELECT county_id FROM livestream_resource WHERE id = OLD.resource_id)), COALESCE((SELECT place_id FROM livestream_user WHERE id = NEW.person_id), (SELECT county_id FROM livestream_resource WHERE id = NEW.resource_id))] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'person_id', 'resource_id', 'weekday', 'from_on', 'until_on', 'from_time', 'until_time', 'reason', 'entered_by_id', 'entered_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='ae74b9f25d1e21b908d06d4ae772bf0f91337959', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_af39e', table='livestream_availability', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('lesson', '课')], max_length=8, verbose_name='类型')),
                    ('title', models.CharField(max_length=130, verbose_name='名称')),
                    ('starts_at', models.DateTimeField(verbose_name='开始')),
                    ('ends_at', models.DateTimeField(verbose_name='结束')),
                    ('is_standing', models.BooleanField(default=True, verbose_name='没有取消')),
                    ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                    ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='改动时间')),
                    ('link', models.CharField(blank=True, max_length=80, verbose_name='链接')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='在哪里')),
                ],
                options={
                    'verbose_name': '占用事项',
                    'verbose_name_plural': '占用事项',
                    'indexes': [
                        models.Index(fields=['county', 'starts_at'], name='hold_by_start'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['lesson'])), name='hold_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='hold_ends_after_it_begins'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='hold_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF pg_trigger_depth() < 2 AND true THEN\n    RAISE EXCEPTION 'a hold follows from what it is held for: change that' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'hold_follows_what_it_is_for';\nEND IF;\nRETURN NULL;\n", hash='e24a809b338896efc33f2cacaeb383ca65af1440', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_follows_5ce7f', table='livestream_hold', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='hold_moves_bookings', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."county_id" IS DISTINCT FROM (NEW."county_id") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."is_standing" IS DISTINCT FROM (NEW."is_standing") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at"))', func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE hold_id = NEW.id ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE hold_id = NEW.id; RETURN NULL;', hash='3ecad3b7fed5e4ee26786ffaa36ca03cfaca34d3', operation='UPDATE OF "starts_at", "ends_at", "is_standing", "county_id"', pgid='pgtrigger_hold_moves_bookings_3c5de', table='livestream_hold', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Booking',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('duty', models.CharField(blank=True, choices=[('host', '主播'), ('co_host', '助播'), ('floor_manager', '场控'), ('controller', '中控'), ('operator', '运营'), ('support', '客服'), ('trainer', '讲师'), ('assistant', '助教')], max_length=16, verbose_name='分工')),
                    ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name='占用时间')),
                    ('subject', models.CharField(editable=False, max_length=40)),
                    ('is_binding', models.BooleanField(default=True, editable=False)),
                    ('guest', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='booking', to='livestream.guest')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('room', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='booking', to='livestream.room')),
                    ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='livestream.livesession', verbose_name='场次')),
                    ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='livestream.leader', verbose_name='领导')),
                    ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='livestream.resource', verbose_name='资源')),
                    ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='livestream.segment', verbose_name='接力段')),
                    ('hold', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='livestream.hold', verbose_name='占用事项')),
                    ('holder', models.UUIDField(editable=False)),
                    ('is_holding', models.BooleanField(default=True, editable=False)),
                ],
                options={
                    'verbose_name': '占用',
                    'verbose_name_plural': '占用',
                    'indexes': [
                        models.Index(fields=['subject', 'session'], name='booking_by_subject'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('leader', None), ('person__isnull', False), ('resource', None)), models.Q(('leader__isnull', False), ('person', None), ('resource', None)), models.Q(('leader', None), ('person', None), ('resource__isnull', False)), _connector='OR'), name='booking_holds_one_thing'),
                        models.CheckConstraint(condition=models.Q(models.Q(('duty', ''), ('person', None)), models.Q(('person__isnull', False), models.Q(('duty', ''), _negated=True)), _connector='OR'), name='booked_person_has_a_duty'),
                        models.UniqueConstraint(condition=models.Q(('duty', 'host')), fields=('session',), name='one_host_per_session'),
                        models.UniqueConstraint(fields=('session', 'person', 'duty'), name='duty_once_per_session'),
                        models.UniqueConstraint(condition=models.Q(('segment', None)), fields=('session', 'resource'), name='resource_once_per_session'),
                        models.UniqueConstraint(fields=('segment', 'resource'), name='resource_once_per_segment'),
                        django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_binding', True)), deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], expressions=[('subject', '='), ('holder', '<>'), ('during', '&&')], name='booked_by_one_session_at_a_time'),
                        models.CheckConstraint(condition=models.Q(models.Q(('hold', None), ('session__isnull', False), models.Q(('duty__in', ('trainer', 'assistant')), _negated=True)), models.Q(('duty__in', ['', 'trainer', 'assistant']), ('hold__isnull', False), ('segment', None), ('session', None)), _connector='OR'), name='booked_by_a_session_or_a_hold'),
                        models.UniqueConstraint(condition=models.Q(('duty', ''), _negated=True), fields=('hold', 'duty'), name='one_of_each_duty_per_hold'),
                        models.UniqueConstraint(fields=('hold', 'resource'), name='resource_once_per_hold'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='booking_stays', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\nIF TG_OP = 'UPDATE' AND NEW.session_id = OLD.session_id AND NEW.duty = OLD.duty\nAND NEW.guest_id IS NOT DISTINCT FROM OLD.guest_id AND NEW.room_id IS NOT DISTINCT FROM OLD.room_id THEN\n    RETURN NULL;\nEND IF;\nIF OLD.duty = 'host' AND EXISTS (SELECT 1 FROM livestream_livesession s WHERE s.id = OLD.session_id)\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = OLD.session_id AND b.duty = 'host')\nOR EXISTS (SELECT 1 FROM livestream_guest g WHERE g.id = OLD.guest_id AND g.leader_id IS NOT NULL)\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.guest_id = OLD.guest_id)\nOR EXISTS (SELECT 1 FROM livestream_room m JOIN livestream_resource r ON r.platform = m.platform AND r.account = m.account\n    WHERE m.id = OLD.room_id AND r.id = OLD.resource_id AND m.session_id = OLD.session_id)\nAND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.session_id = OLD.session_id AND b.resource_id = OLD.resource_id)\nTHEN\n    RAISE EXCEPTION 'what a session needs stays booked as long as it needs it' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'booked_as_long_as_it_is_needed';\nEND IF;\nRETURN NULL;\n", hash='166eb9de21ce26671653a5a0b425cb50f4bce8f8', operation='UPDATE OR DELETE', pgid='pgtrigger_booking_stays_95827', table='livestream_booking', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='place_booking', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE begins timestamptz; ends timestamptz; county text; kind text; level text;', func="\nIF TG_OP = 'INSERT'\nOR (NEW.session_id, NEW.hold_id, NEW.segment_id) IS DISTINCT FROM (OLD.session_id, OLD.hold_id, OLD.segment_id) THEN\n    PERFORM 1 FROM livestream_livesession s WHERE s.id = NEW.session_id FOR SHARE;\n    PERFORM 1 FROM livestream_hold h WHERE h.id = NEW.hold_id FOR SHARE;\n    PERFORM 1 FROM livestream_segment g WHERE g.id = NEW.segment_id FOR SHARE;\nEND IF;\nIF NEW.duty = 'host' THEN\n    SELECT s.host_id INTO NEW.person_id FROM livestream_livesession s WHERE s.id = NEW.session_id;\nELSIF NEW.guest_id IS NOT NULL THEN\n    SELECT g.leader_id, g.segment_id INTO NEW.leader_id, NEW.segment_id FROM livestream_guest g WHERE g.id = NEW.guest_id;\nEND IF;\nNEW.subject := COALESCE('person:' || NEW.person_id, 'leader:' || NEW.leader_id, 'resource:' || NEW.resource_id);\nIF COALESCE(current_setting('cunbo.bookings_held', true), '') <> 'yes' THEN\n    PERFORM pg_advisory_xact_lock(20261122, hashtext(NEW.subject) & 4095);\nEND IF;\nNEW.holder := COALESCE(NEW.session_id, NEW.hold_id);\nIF NEW.hold_id IS NOT NULL THEN\n    SELECT h.starts_at, h.ends_at, h.is_standing, h.county_id INTO begins, ends, NEW.is_holding, county\n    FROM livestream_hold h WHERE h.id = NEW.hold_id;\nELSE\n    SELECT s.planned_start_at, s.planned_end_at, s.state IN ('approved', 'draft', 'in_review', 'live', 'rehearsed'), s.county_id INTO begins, ends, NEW.is_holding, county\n    FROM livestream_livesession s WHERE s.id = NEW.session_id;\nEND IF;\nIF NEW.segment_id IS NOT NULL THEN\n    SELECT g.starts_at, g.ends_at INTO begins, ends FROM livestream_segment g\n    WHERE g.id = NEW.segment_id AND g.session_id = NEW.session_id;\nEND IF;\nkind := CASE WHEN NEW.leader_id IS NOT NULL THEN 'guest' WHEN NEW.duty = 'host' THEN 'host' ELSE 'crew' END;\nIF NEW.resource_id IS NOT NULL THEN\n    SELECT begins - make_interval(mins => r.setup_minutes), ends + make_interval(mins => r.clearing_minutes),\n        CASE r.kind WHEN 'studio' THEN 'studio' WHEN 'place' THEN 'studio' WHEN 'account' THEN 'account' ELSE 'kit' END\n    INTO begins, ends, kind FROM livestream_resource r WHERE r.id = NEW.resource_id;\nEND IF;\nIF begins IS NULL OR ends IS NULL THEN\n    RAISE EXCEPTION 'booking of no session, or of a segment of another one' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'booked_segment_is_of_the_session';\nEND IF;\nNEW.during := tstzrange(begins, ends, '[)');\nSELECT p.levels ->> kind INTO level FROM livestream_planrules p WHERE p.county_id = county;\nNEW.is_binding := NEW.is_holding AND CASE level WHEN 'warn' THEN false WHEN 'approve' THEN NOT EXISTS (\n    SELECT 1 FROM livestream_excuse e WHERE e.session_id = NEW.session_id AND e.subject = NEW.subject\n    AND e.kind NOT IN ('away', 'price', 'travel') AND tstzrange(e.begins_at, e.ends_at, '[)') && NEW.during) ELSE true END;\nRETURN NEW;\n", hash='1380021943fb1cac82f567c4a663bd6775fa38d2', operation='INSERT OR UPDATE', pgid='pgtrigger_place_booking_9b52e', table='livestream_booking', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='hold_books', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF pg_trigger_depth() < 2 AND COALESCE(OLD.hold_id, NEW.hold_id) IS NOT NULL THEN\n    RAISE EXCEPTION 'a hold follows from what it is held for: change that' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'hold_follows_what_it_is_for';\nEND IF;\nRETURN NULL;\n", hash='079318c4829b1049b617a245d3d4952168f03394', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_hold_books_33600', table='livestream_booking', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Booking', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[COALESCE((SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id), (SELECT county_id FROM livestream_hold WHERE id = NEW.hold_id))] WHEN 'DELETE' THEN ARRAY[COALESCE((SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_hold WHERE id = OLD.hold_id))] ELSE ARRAY[COALESCE((SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_hold WHERE id = OLD.hold_id)), COALESCE((SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id), (SELECT county_id FROM livestream_hold WHERE id = NEW.hold_id))] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'hold_id', 'segment_id', 'person_id', 'duty', 'leader_id', 'guest_id', 'resource_id', 'room_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='24fed385c51a2fa0859ecc95638d59fd5abce28e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_71e80', table='livestream_booking', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BroadcastRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('organiser', models.CharField(max_length=60, verbose_name='主办单位')),
                    ('aim', models.CharField(choices=[('slow_sale', '滞销助农'), ('festival', '节庆造势'), ('quota', '每月上线'), ('brand', '公用品牌推介')], max_length=12, verbose_name='目的')),
                    ('goods_reason', models.CharField(max_length=500, verbose_name='为什么选这些货')),
                    ('quality_promise', models.CharField(max_length=500, verbose_name='质量承诺')),
                    ('discipline', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None, verbose_name='纪律清单')),
                    ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                    ('decision', models.CharField(choices=[('waiting', '等审批'), ('approved', '批准'), ('returned', '退回')], default='waiting', max_length=8, verbose_name='结果')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审批时间')),
                    ('answer', models.CharField(blank=True, max_length=500, verbose_name='审批意见')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审批人')),
                    ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='request', to='livestream.livesession', verbose_name='场次')),
                    ('covers', models.JSONField(blank=True, default=dict, verbose_name='批准的内容')),
                    ('thawed_until', models.DateTimeField(blank=True, null=True, verbose_name='放行到')),
                ],
                options={
                    'verbose_name': '立项申请',
                    'verbose_name_plural': '立项申请',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('decision__in', ['waiting', 'approved', 'returned'])), name='broadcast_decision_is_known'),
                        models.CheckConstraint(condition=models.Q(('aim__in', ['slow_sale', 'festival', 'quota', 'brand'])), name='broadcast_aim_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', 'waiting')), models.Q(models.Q(('decision', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='broadcast_decision_has_an_author'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decision', 'approved'), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='nobody_approves_his_own_request'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.BroadcastRequest', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'organiser', 'aim', 'goods_reason', 'quality_promise', 'discipline', 'asked_by_id', 'asked_at', 'decision', 'decided_by_id', 'decided_at', 'answer', 'covers', 'thawed_until']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='a4d1397883cbd2ad1a446fc31d4b2fe173882022', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_6183c', table='livestream_broadcastrequest', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CalendarFeed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.BinaryField(max_length=32, unique=True)),
                    ('name', models.CharField(max_length=40, verbose_name='用在哪里')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='上次读取')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='收回时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='livestream.resource', verbose_name='资源')),
                ],
                options={
                    'verbose_name': '日历订阅',
                    'verbose_name_plural': '日历订阅',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('person', None), ('resource', None), _connector='OR'), name='feed_of_one'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.CalendarFeed', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'person_id', 'resource_id', 'name', 'made_by_id', 'made_at', 'revoked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='16c5c7b8ccb9f3c6f196dbe745e0b379b0f43f9a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_d7c7c', table='livestream_calendarfeed', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='版本号')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(verbose_name='到')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                    ('released_at', models.DateTimeField(verbose_name='发布时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='范围')),
                    ('released_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                    ('restores', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.release', verbose_name='退回到')),
                ],
                options={
                    'verbose_name': '发布',
                    'verbose_name_plural': '发布',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'number'), name='release_number_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='release_ends_after_it_begins'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReleasedChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(verbose_name='版本')),
                    ('change', models.CharField(choices=[('new', '新排'), ('changed', '改动'), ('cancelled', '取消')], max_length=10, verbose_name='变化')),
                    ('before', models.JSONField(blank=True, null=True)),
                    ('after', models.JSONField()),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='livestream.release', verbose_name='发布')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '发布的变化',
                    'verbose_name_plural': '发布的变化',
                    'constraints': [
                        models.UniqueConstraint(fields=('release', 'session'), name='session_once_per_release'),
                        models.UniqueConstraint(fields=('session', 'version'), name='version_released_once'),
                        models.CheckConstraint(condition=models.Q(('change__in', ['new', 'changed', 'cancelled'])), name='released_change_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Confirmation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.BinaryField(max_length=32, unique=True)),
                    ('told_at', models.DateTimeField(verbose_name='通知时间')),
                    ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='最晚回复')),
                    ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读时间')),
                    ('can_come', models.BooleanField(blank=True, null=True, verbose_name='能来')),
                    ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='回复时间')),
                    ('answer_note', models.CharField(blank=True, max_length=200, verbose_name='留言')),
                    ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='转工作人员时间')),
                    ('superseded_at', models.DateTimeField(blank=True, null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='livestream.releasedchange', verbose_name='发布的变化')),
                ],
                options={
                    'verbose_name': '确认',
                    'verbose_name_plural': '确认',
                    'constraints': [
                        models.UniqueConstraint(fields=('change', 'person'), name='asked_once_about_a_change'),
                        models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('can_come__isnull', True)), models.Q(('answered_at__isnull', False), ('can_come__isnull', False)), _connector='OR'), name='answer_has_its_moment'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Robot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('wecom', '企业微信'), ('dingtalk', '钉钉'), ('feishu', '飞书')], max_length=8, verbose_name='类型')),
                    ('name', models.CharField(max_length=40, verbose_name='群名')),
                    ('address', livestream.models.encrypted.EncryptedTextField(verbose_name='地址')),
                    ('secret', livestream.models.encrypted.EncryptedTextField(blank=True, default='', verbose_name='加签密钥')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='加入时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁加的')),
                ],
                options={
                    'verbose_name': '群机器人',
                    'verbose_name_plural': '群机器人',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['wecom', 'dingtalk', 'feishu'])), name='robot_kind_is_known'),
                        models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('county', 'name'), name='robot_in_use_named_once_per_county'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Robot', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'kind', 'name', 'is_in_use', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY['address', 'secret']::text[]); RETURN NULL;", hash='7aea8ba156af108709fd670a61a1e6408a176fab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_f2049', table='livestream_robot', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('planned', '新场次'), ('changed', '时间或地点有变'), ('cancelled', '场次取消'), ('reminder_day', '明天开播'), ('reminder_hour', '一小时后开播'), ('no_answer', '还没有回复'), ('cannot_come', '来不了'), ('not_live', '到点没开播'), ('request_asked', '等您审批'), ('request_decided', '审批有了结果'), ('task_due', '任务快到期'), ('review_action', '复盘后要做的事'), ('seat', '有座位了'), ('lesson', '上课的安排和变化'), ('lesson_soon', '快上课了'), ('school', '学堂的事'), ('paper_ends', '证件快到期'), ('subsidy', '补贴用完了'), ('complaint', '有人提了意见'), ('test', '试发')], max_length=16, verbose_name='类型')),
                    ('way', models.CharField(choices=[('inbox', '站内'), ('sms', '短信'), ('email', '邮件'), ('robot', '群机器人')], max_length=8, verbose_name='方式')),
                    ('version', models.PositiveIntegerField(blank=True, null=True, verbose_name='版本')),
                    ('text', models.CharField(max_length=500, verbose_name='内容')),
                    ('link', livestream.models.encrypted.EncryptedTextField(blank=True, default='', verbose_name='链接')),
                    ('due_at', models.DateTimeField(verbose_name='何时发')),
                    ('state', models.CharField(choices=[('waiting', '等发送'), ('sending', '正在发送'), ('sent', '已发送'), ('withdrawn', '已撤回'), ('failed', '没发成')], default='waiting', max_length=10, verbose_name='状态')),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='试了几次')),
                    ('claimed_at', models.DateTimeField(blank=True, null=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
                    ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读时间')),
                    ('error', models.CharField(blank=True, max_length=200, verbose_name='没发成的原因')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='给谁')),
                    ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='livestream.livesession', verbose_name='场次')),
                    ('robot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='livestream.robot', verbose_name='群机器人')),
                    ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='过了就不发')),
                    ('phone', livestream.models.encrypted.EncryptedTextField(blank=True, default='', verbose_name='手机号')),
                    ('hold', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='livestream.hold', verbose_name='占用事项')),
                ],
                options={
                    'verbose_name': '通知',
                    'verbose_name_plural': '通知',
                    'indexes': [
                        models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['due_at'], name='notice_due'),
                        models.Index(fields=['person', 'state'], name='notice_by_person'),
                        models.Index(fields=['session', 'state'], name='notice_by_session'),
                        models.Index(fields=['county', '-due_at'], name='notice_by_county'),
                        models.Index(condition=models.Q(('hold__isnull', False)), fields=['hold', 'state'], name='notice_by_hold'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('session__isnull', False), ('version__isnull', False)), fields=('person', 'way', 'kind', 'session', 'version'), name='told_once_of_a_version'),
                        models.UniqueConstraint(condition=models.Q(('robot__isnull', False), ('session__isnull', False), ('version__isnull', False)), fields=('robot', 'kind', 'session', 'version'), name='robot_told_once_of_a_version'),
                        models.CheckConstraint(condition=models.Q(models.Q(('person', None), ('phone', ''), ('robot__isnull', False), ('way', 'robot')), models.Q(models.Q(('way', 'robot'), _negated=True), ('person__isnull', False), ('phone', ''), ('robot', None)), models.Q(('person', None), ('robot', None), ('way', 'sms'), models.Q(('phone', ''), _negated=True)), _connector='OR'), name='notice_to_one'),
                        models.UniqueConstraint(condition=models.Q(('hold__isnull', False), ('person__isnull', False), ('version__isnull', False)), fields=('person', 'way', 'kind', 'hold', 'version'), name='told_once_of_a_version_of_a_hold'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['planned', 'changed', 'cancelled', 'reminder_day', 'reminder_hour', 'no_answer', 'cannot_come', 'not_live', 'request_asked', 'request_decided', 'task_due', 'review_action', 'seat', 'lesson', 'lesson_soon', 'school', 'paper_ends', 'subsidy', 'complaint', 'test'])), name='notice_kind_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PlanRules',
                fields=[
                    ('county', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='livestream.place', verbose_name='县')),
                    ('levels', models.JSONField(default=livestream.models.plan_rules.default_levels, verbose_name='撞了怎么办')),
                    ('same_township_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='同乡镇路上（分钟）')),
                    ('same_county_minutes', models.PositiveSmallIntegerField(default=60, verbose_name='跨乡镇路上（分钟）')),
                    ('beyond_minutes', models.PositiveSmallIntegerField(default=120, verbose_name='出县路上（分钟）')),
                    ('freeze_hours', models.PositiveSmallIntegerField(default=24, verbose_name='开播前多久不再改（小时）')),
                    ('answer_hours', models.PositiveSmallIntegerField(default=24, verbose_name='多久没回复算没回（小时）')),
                    ('first_month', models.PositiveSmallIntegerField(default=1, verbose_name='协议年从几月起')),
                    ('wanted_leaders', models.PositiveSmallIntegerField(default=12, verbose_name='一年要几位一把手')),
                    ('counted_ranks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('top', '一把手'), ('deputy', '副职'), ('other', '嘉宾')], max_length=8), default=livestream.models.plan_rules.default_ranks, size=None, verbose_name='算数的级别')),
                ],
                options={
                    'verbose_name': '排期规则',
                    'verbose_name_plural': '排期规则',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('first_month__range', (1, 12))), name='agreement_year_begins_in_a_month'),
                        models.CheckConstraint(condition=models.Q(('beyond_minutes__lte', 1440), ('same_county_minutes__lte', 1440), ('same_township_minutes__lte', 1440)), name='roads_within_a_day'),
                        models.CheckConstraint(condition=models.Q(('answer_hours__range', (1, 720)), ('freeze_hours__lte', 720)), name='plan_hours_within_a_month'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.PlanRules', COALESCE(NEW.county_id, OLD.county_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['county_id', 'levels', 'same_township_minutes', 'same_county_minutes', 'beyond_minutes', 'freeze_hours', 'answer_hours', 'first_month', 'wanted_leaders', 'counted_ranks']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='0dab84697788b1ebb3e01e7b593a43574c09f101', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_7f8b9', table='livestream_planrules', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='levels_bind_bookings', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' THEN\n    IF NEW.levels = OLD.levels THEN RETURN NULL; END IF;\nEND IF;\nLOCK TABLE livestream_booking IN SHARE ROW EXCLUSIVE MODE;\nPERFORM set_config('cunbo.bookings_held', 'yes', true);\nUPDATE livestream_booking b SET during = b.during FROM livestream_livesession s\nWHERE s.id = b.session_id AND s.county_id = NEW.county_id AND s.planned_end_at > now();\nUPDATE livestream_booking b SET during = b.during FROM livestream_hold h\nWHERE h.id = b.hold_id AND h.county_id = NEW.county_id AND h.ends_at > now();\nPERFORM set_config('cunbo.bookings_held', '', true);\nRETURN NULL;\n", hash='238b27e9035e82f7f722acb8d83ae5233d16f465', operation='INSERT OR UPDATE OF "levels"', pgid='pgtrigger_levels_bind_bookings_2b174', table='livestream_planrules', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TravelTime',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='路上（分钟）')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='从')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='到')),
                ],
                options={
                    'verbose_name': '路上时间',
                    'verbose_name_plural': '路上时间',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='travel_once_for_both_ways'),
                        models.UniqueConstraint(fields=('county', 'one', 'other'), name='travel_once_per_pair'),
                        models.CheckConstraint(condition=models.Q(('minutes__lte', 1440)), name='travel_within_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.TravelTime', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'one_id', 'other_id', 'minutes']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='c9eff1b8a6ee67b7fbee5a0919f83cd081dbf0af', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_7667b', table='livestream_traveltime', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PlanStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(verbose_name='版本')),
                    ('kind', models.CharField(choices=[('planned', '排了场次'), ('changed', '改了计划'), ('moved', '挪了时间'), ('cancelled', '取消了场次'), ('undone', '撤销了一步')], max_length=10, verbose_name='做了什么')),
                    ('before', models.JSONField(blank=True, null=True)),
                    ('after', models.JSONField()),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['-version'],
                    'verbose_name': '计划的一步',
                    'verbose_name_plural': '计划的一步',
                    'indexes': [
                        models.Index(fields=['at'], name='plan_step_by_time'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['planned', 'changed', 'moved', 'cancelled', 'undone'])), name='plan_step_kind_is_known'),
                        models.UniqueConstraint(fields=('session', 'version'), name='one_step_per_version'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='NoticePreference',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notice_preference', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('email', livestream.models.encrypted.EncryptedTextField(blank=True, default='', verbose_name='邮箱')),
                    ('sms_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('plan', '场次的安排和变化'), ('reminder', '开播前的提醒'), ('work', '要我处理的事')], max_length=8), blank=True, default=livestream.models.notice.sms_unless_said, size=None, verbose_name='发短信的')),
                    ('email_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('plan', '场次的安排和变化'), ('reminder', '开播前的提醒'), ('work', '要我处理的事')], max_length=8), blank=True, default=livestream.models.notice.email_unless_said, size=None, verbose_name='发邮件的')),
                ],
                options={
                    'verbose_name': '通知方式',
                    'verbose_name_plural': '通知方式',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('email_for__contained_by', ['plan', 'reminder', 'work']), ('sms_for__contained_by', ['plan', 'reminder', 'work'])), name='notice_groups_are_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Agreement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('partner', models.CharField(max_length=60, verbose_name='和谁签的')),
                    ('subject', models.CharField(max_length=120, verbose_name='签的什么')),
                    ('from_on', models.DateField(verbose_name='从')),
                    ('until_on', models.DateField(verbose_name='到')),
                    ('kept_where', models.CharField(blank=True, max_length=120, verbose_name='文本放在哪里')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁登记的')),
                ],
                options={
                    'verbose_name': '合作协议',
                    'verbose_name_plural': '合作协议',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='agreement_ends_after_it_begins'),
                        models.UniqueConstraint(fields=('county', 'partner', 'subject', 'from_on'), name='agreement_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Agreement', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'partner', 'subject', 'from_on', 'until_on', 'kept_where', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='52a4a2887f51c974a381090b986c45deaf39f3b0', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_ddef4', table='livestream_agreement', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Deliverable',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(max_length=120, verbose_name='答应了什么')),
                    ('unit', models.CharField(max_length=8, verbose_name='单位')),
                    ('wanted', models.PositiveIntegerField(verbose_name='要多少')),
                    ('due_on', models.DateField(verbose_name='哪天以前')),
                    ('done', models.PositiveIntegerField(default=0, verbose_name='做了多少')),
                    ('evidence', models.CharField(blank=True, max_length=500, verbose_name='证明的链接')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='兑现时间')),
                    ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliverables', to='livestream.agreement', verbose_name='合作协议')),
                    ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['due_on', 'pk'],
                    'verbose_name': '承诺事项',
                    'verbose_name_plural': '承诺事项',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('wanted__gt', 0)), name='deliverable_wants_something'),
                        models.CheckConstraint(condition=models.Q(('done', 0), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='delivered_with_evidence'),
                        models.CheckConstraint(condition=models.Q(models.Q(('done__lt', models.F('wanted')), ('done_at', None)), models.Q(('done__gte', models.F('wanted')), ('done_at__isnull', False)), _connector='OR'), name='delivered_when_all_is_done'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Deliverable', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_agreement WHERE id = NEW.agreement_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_agreement WHERE id = OLD.agreement_id)] ELSE ARRAY[(SELECT county_id FROM livestream_agreement WHERE id = OLD.agreement_id), (SELECT county_id FROM livestream_agreement WHERE id = NEW.agreement_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'agreement_id', 'what', 'unit', 'wanted', 'due_on', 'done', 'evidence', 'done_at', 'noted_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f2aa0005078d6c719762574b185da92865304832', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_5e633', table='livestream_deliverable', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PromotionTask',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('poster', '海报'), ('video', '短视频预告'), ('appointment', '预约链接'), ('village', '大喇叭、微信群'), ('media', '媒体报道')], max_length=12, verbose_name='类型')),
                    ('what', models.CharField(max_length=120, verbose_name='做什么')),
                    ('due_at', models.DateTimeField(verbose_name='什么时候做完')),
                    ('link', models.CharField(blank=True, max_length=500, verbose_name='链接')),
                    ('code', models.CharField(editable=False, max_length=7, unique=True)),
                    ('appointments', models.PositiveIntegerField(blank=True, null=True, verbose_name='预约人数')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='做完的时间')),
                    ('reminded_for', models.DateTimeField(editable=False, null=True)),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promotion', to='livestream.campaign', verbose_name='活动')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁派的')),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promotion', to=settings.AUTH_USER_MODEL, verbose_name='谁做')),
                    ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='promotion', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '预播推广',
                    'verbose_name_plural': '预播推广',
                    'indexes': [
                        models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='promotion_open_by_due'),
                        models.Index(condition=models.Q(('done_at', None)), fields=['owner', 'due_at'], name='promotion_by_owner'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('session', None)), models.Q(('campaign', None), ('session__isnull', False)), _connector='OR'), name='promotion_of_one_thing'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['poster', 'video', 'appointment', 'village', 'media'])), name='promotion_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='promotion_done_by_somebody'),
                        models.CheckConstraint(condition=models.Q(('link', ''), ('link__regex', '^https?://[^\\s]+$'), _connector='OR'), name='promotion_link_is_of_the_web'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.PromotionTask', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'session_id', 'campaign_id', 'kind', 'what', 'owner_id', 'due_at', 'link', 'code', 'appointments', 'done_at', 'done_by_id', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='3da4d48182da6de5387e8cdf9ea64fb3f97c5b2a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_82b57', table='livestream_promotiontask', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PromotionVisit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('visits', models.PositiveIntegerField()),
                    ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opened', to='livestream.promotiontask')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('task', 'on'), name='promotion_visits_once_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RewardRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('draw', '抽奖'), ('gift', '赠品（买就送、前几名送）')], max_length=8, verbose_name='类型')),
                    ('prize', models.CharField(max_length=60, verbose_name='奖品')),
                    ('number', models.PositiveIntegerField(verbose_name='几份')),
                    ('worth_fen', models.BigIntegerField(verbose_name='每份值多少（分）')),
                    ('payer', models.CharField(max_length=60, verbose_name='谁出钱')),
                    ('condition', models.CharField(max_length=200, verbose_name='谁能参加')),
                    ('entering', models.CharField(max_length=200, verbose_name='怎样参加')),
                    ('draws_at', models.DateTimeField(blank=True, null=True, verbose_name='什么时候开奖')),
                    ('claiming', models.CharField(max_length=200, verbose_name='怎样兑奖、几时截止')),
                    ('contact', models.CharField(max_length=120, verbose_name='主办方和联系方式')),
                    ('published_text', models.TextField(blank=True, verbose_name='公布的规则')),
                    ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='公布时间')),
                    ('commitment', models.CharField(blank=True, editable=False, max_length=64)),
                    ('seed', livestream.models.encrypted.EncryptedTextField(blank=True, default='', editable=False)),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='livestream.campaign', verbose_name='活动')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                    ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '奖励规则',
                    'verbose_name_plural': '奖励规则',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('session', None)), models.Q(('campaign', None), ('session__isnull', False)), _connector='OR'), name='reward_of_one_thing'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['draw', 'gift'])), name='reward_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('number__gt', 0), ('worth_fen__gt', 0)), name='reward_is_worth_something'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'draw'), _negated=True), ('worth_fen__lte', 5000000), _connector='OR'), name='drawn_prize_within_the_law'),
                        models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='reward_published_by_somebody'),
                        models.CheckConstraint(condition=models.Q(models.Q(('commitment', ''), ('published_at', None)), models.Q(('kind', 'gift'), ('published_at__isnull', False)), models.Q(('commitment__regex', '^[0-9a-f]{64}$'), ('draws_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='published_draw_has_its_commitment'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='published_reward_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."claiming" IS DISTINCT FROM (NEW."claiming") OR OLD."commitment" IS DISTINCT FROM (NEW."commitment") OR OLD."condition" IS DISTINCT FROM (NEW."condition") OR OLD."contact" IS DISTINCT FROM (NEW."contact") OR OLD."county_id" IS DISTINCT FROM (NEW."county_id") OR OLD."draws_at" IS DISTINCT FROM (NEW."draws_at") OR OLD."entering" IS DISTINCT FROM (NEW."entering") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."prize" IS DISTINCT FROM (NEW."prize") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."published_text" IS DISTINCT FROM (NEW."published_text") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."worth_fen" IS DISTINCT FROM (NEW."worth_fen"))', func="\nIF OLD.published_at IS NOT NULL THEN\n    RAISE EXCEPTION 'a published reward stays as it is' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'published_reward_stays';\nEND IF;\nRETURN NEW;\n", hash='29c4ba8f4cd8f4d70bb938a9207645d77e7a1b62', operation='UPDATE', pgid='pgtrigger_published_reward_stays_ab7b9', table='livestream_rewardrule', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='published_reward_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b052421ab6933ce7339006beaa6c6a3af622395a', operation='DELETE', pgid='pgtrigger_published_reward_is_kept_7d902', table='livestream_rewardrule', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.RewardRule', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'session_id', 'campaign_id', 'kind', 'prize', 'number', 'worth_fen', 'payer', 'condition', 'entering', 'draws_at', 'claiming', 'contact', 'published_text', 'published_at', 'published_by_id', 'commitment', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='abfa3fabafba3ef708c5a1614ef84398b1430a12', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_026fb', table='livestream_rewardrule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RewardDraw',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('drawn_at', models.DateTimeField(verbose_name='开奖时间')),
                    ('seed', models.CharField(max_length=64, verbose_name='种子')),
                    ('entries', models.TextField(verbose_name='参与号')),
                    ('entry_count', models.PositiveIntegerField(verbose_name='几个参与号')),
                    ('entries_digest', models.CharField(max_length=64, verbose_name='参与号的摘要')),
                    ('winners', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None, verbose_name='中奖号')),
                    ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁开的奖')),
                    ('rule', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draw', to='livestream.rewardrule', verbose_name='奖励规则')),
                ],
                options={
                    'verbose_name': '开奖记录',
                    'verbose_name_plural': '开奖记录',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('entry_count__gt', 0)), name='draw_has_entries'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='draw_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d786a31898b51e58da3323640f606935fec6bc80', operation='UPDATE OR DELETE', pgid='pgtrigger_draw_append_only_48ad4', table='livestream_rewarddraw', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='drawn_after_publishing', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NOT EXISTS (\n    SELECT 1 FROM livestream_rewardrule r WHERE r.id = NEW.rule_id AND r.kind = 'draw' AND r.published_at < NEW.drawn_at\n) THEN\n    RAISE EXCEPTION 'a draw needs a published rule' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'reward_drawn_after_publishing';\nEND IF;\nRETURN NEW;\n", hash='dc92d694a53261e0084d3f8afb7218002921cc7e', operation='INSERT', pgid='pgtrigger_drawn_after_publishing_f6a57', table='livestream_rewarddraw', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Excuse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('host', '主播撞时间'), ('crew', '工作人员撞时间'), ('guest', '嘉宾撞时间'), ('studio', '场地撞时间'), ('kit', '设备撞时间'), ('account', '账号撞时间'), ('travel', '路上来不及'), ('away', '说了不方便'), ('price', '同时不同价')], max_length=8, verbose_name='类型')),
                    ('subject', models.CharField(max_length=40)),
                    ('key', models.CharField(editable=False, max_length=96)),
                    ('begins_at', models.DateTimeField(verbose_name='从')),
                    ('ends_at', models.DateTimeField(verbose_name='到')),
                    ('reason', models.CharField(max_length=200, verbose_name='为什么可以撞')),
                    ('excused_at', models.DateTimeField(verbose_name='说明时间')),
                    ('allowed_at', models.DateTimeField(blank=True, null=True, verbose_name='批准时间')),
                    ('allowed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁批准的')),
                    ('excused_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁说明的')),
                    ('other', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='livestream.livesession', verbose_name='和哪一场')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excuses', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '撞时间的理由',
                    'verbose_name_plural': '撞时间的理由',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'key'), name='one_excuse_per_clash'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['host', 'crew', 'guest', 'studio', 'kit', 'account', 'travel', 'away', 'price'])), name='excused_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='excuse_says_why'),
                        models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('begins_at'))), name='excuse_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(models.Q(('allowed_at__isnull', True), ('allowed_by__isnull', True)), models.Q(('allowed_at__isnull', False), ('allowed_by__isnull', False)), _connector='OR'), name='allowance_has_its_moment'),
                        models.CheckConstraint(condition=models.Q(('allowed_by', None), models.Q(('allowed_by', models.F('excused_by')), _negated=True), _connector='OR'), name='nobody_allows_his_own_excuse'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='excuse_frees_booking', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE session_id = NEW.session_id AND subject = NEW.subject ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE session_id = NEW.session_id AND subject = NEW.subject; RETURN NULL;', hash='f33f1eebd574eca53ad838628e102e8b66192f7d', operation='INSERT OR UPDATE', pgid='pgtrigger_excuse_frees_booking_a3da3', table='livestream_excuse', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='booking_binds_again', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='PERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM livestream_booking WHERE session_id = OLD.session_id AND subject = OLD.subject ORDER BY turn) turns; UPDATE livestream_booking SET during = during WHERE session_id = OLD.session_id AND subject = OLD.subject; RETURN NULL;', hash='a996a3865b0ab680197713d7f11c26222e4522f5', operation='DELETE', pgid='pgtrigger_booking_binds_again_19300', table='livestream_excuse', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Excuse', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'other_id', 'kind', 'subject', 'key', 'begins_at', 'ends_at', 'reason', 'excused_by_id', 'excused_at', 'allowed_by_id', 'allowed_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='68163b5fe30987fa2d1176e9ff255debd5dd6b63', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_06ef6', table='livestream_excuse', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BannedTerm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('term', models.CharField(max_length=40, verbose_name='不能说')),
                    ('product_class', models.CharField(blank=True, choices=[('primary', '初级农产品'), ('processed1', '初加工农产品'), ('food', '加工食品'), ('herb', '中药材'), ('food_medic', '食药物质'), ('craft', '手工艺品'), ('ticket', '门票和服务')], max_length=10, verbose_name='只管这一类')),
                    ('why', models.CharField(max_length=120, verbose_name='为什么')),
                    ('instead', models.CharField(blank=True, max_length=120, verbose_name='可以说')),
                    ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='加入时间')),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁加的')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['term'],
                    'verbose_name': '禁用词',
                    'verbose_name_plural': '禁用词',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'term', 'product_class'), name='banned_term_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('term', ''), _negated=True), name='banned_term_is_something'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.BannedTerm', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'term', 'product_class', 'why', 'instead', 'added_by_id', 'added_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f4bcf338c68702b8ab22c4fbf6079d3395f17f23', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_12938', table='livestream_bannedterm', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('platform', models.CharField(blank=True, max_length=16, verbose_name='平台')),
                    ('kind', models.CharField(choices=[('question', '问题'), ('praise', '好评'), ('complaint', '意见和投诉'), ('abuse', '辱骂'), ('spam', '广告刷屏'), ('private', '个人信息'), ('false', '谣言')], max_length=9, verbose_name='是什么')),
                    ('state', models.CharField(choices=[('open', '还没答'), ('answered', '已答'), ('hidden', '已隐藏')], default='open', max_length=8, verbose_name='处理')),
                    ('words', models.CharField(max_length=200, verbose_name='观众说')),
                    ('said_at', models.DateTimeField(verbose_name='什么时候')),
                    ('answer', models.CharField(blank=True, max_length=300, verbose_name='怎么答的')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='为什么隐藏')),
                    ('noted_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='处理时间')),
                    ('tap', models.CharField(blank=True, editable=False, max_length=64)),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='livestream.livesession', verbose_name='场次')),
                    ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁处理的')),
                ],
                options={
                    'ordering': ['-said_at', '-pk'],
                    'verbose_name': '评论',
                    'verbose_name_plural': '评论',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['question', 'praise', 'complaint', 'abuse', 'spam', 'private', 'false'])), name='comment_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'hidden'])), name='comment_state_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'hidden'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='hiding_has_a_reason'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ('complaint', 'question')), ('state', 'hidden'), _negated=True), name='complaints_are_not_hidden'),
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='comment_tap_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Comment', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'platform', 'kind', 'state', 'product_id', 'said_at', 'answer', 'reason', 'noted_by_id', 'noted_at', 'settled_by_id', 'settled_at']::text[], ARRAY[]::text[], ARRAY['words']::text[]); RETURN NULL;", hash='008ad06d1810c0abcf351b460b65a651e60ad01f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_0a323', table='livestream_comment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Complaint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('quality', '货有问题'), ('shipping', '没发货、发错货'), ('refund', '退款退货'), ('claim', '说的和实际不一样'), ('other', '其他')], max_length=8, verbose_name='什么事')),
                    ('state', models.CharField(choices=[('open', '等答复'), ('answered', '已答复'), ('closed', '已解决')], default='open', max_length=8, verbose_name='处理')),
                    ('code', models.CharField(editable=False, max_length=12, unique=True, verbose_name='查询码')),
                    ('words', livestream.models.encrypted.EncryptedTextField(verbose_name='说了什么')),
                    ('contact', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='联系方式')),
                    ('said_at', models.DateTimeField(verbose_name='什么时候')),
                    ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                    ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁答的')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='livestream.livesession', verbose_name='场次')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='解决时间')),
                    ('forgot_at', models.DateTimeField(editable=False, null=True)),
                ],
                options={
                    'ordering': ['-said_at'],
                    'verbose_name': '意见',
                    'verbose_name_plural': '意见',
                    'indexes': [
                        models.Index(fields=['county', '-said_at'], name='complaint_by_county'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['quality', 'shipping', 'refund', 'claim', 'other'])), name='complaint_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'closed'])), name='complaint_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='complaint_was_answered_in_words'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Complaint', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'session_id', 'product_id', 'kind', 'state', 'said_at', 'answer', 'answered_by_id', 'answered_at', 'closed_at']::text[], ARRAY[]::text[], ARRAY['words', 'contact']::text[]); RETURN NULL;", hash='e02933a6ea6f2f48bb4e4bec39017cb037096837', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_ff814', table='livestream_complaint', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ControlEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('started', '开播'), ('ended', '下播'), ('listed', '上架'), ('unlisted', '下架'), ('sold_out', '卖完了'), ('pulled', '紧急下架'), ('released', '解除紧急下架'), ('pitch_end', '讲完了'), ('price_asked', '提出改价'), ('price', '改价'), ('price_no', '不同意改价'), ('stock', '改库存'), ('coupon', '发券'), ('reward', '发福袋'), ('pinned', '置顶公告'), ('prompt', '提示主播'), ('seen', '主播看到了'), ('help', '主播求助'), ('helped', '有人来帮'), ('lost', '断播'), ('reopened', '重开')], max_length=12, verbose_name='做了什么')),
                    ('happened_at', models.DateTimeField(verbose_name='什么时候')),
                    ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('device', models.CharField(choices=[('phone', '手机'), ('desk', '中控台'), ('api', '接口'), ('system', '系统')], max_length=6, verbose_name='用什么')),
                    ('tap', models.CharField(blank=True, editable=False, max_length=64)),
                    ('platform', models.CharField(blank=True, max_length=16, verbose_name='平台')),
                    ('old', models.BigIntegerField(blank=True, null=True, verbose_name='原来')),
                    ('new', models.BigIntegerField(blank=True, null=True, verbose_name='改成')),
                    ('words', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                    ('about', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='livestream.controlevent', verbose_name='关于哪一条')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='control', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['happened_at', 'tap', 'pk'],
                    'verbose_name': '中控记录',
                    'verbose_name_plural': '中控记录',
                    'indexes': [
                        models.Index(fields=['session', 'happened_at'], name='control_by_session'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('device__in', ['phone', 'desk', 'api', 'system'])), name='control_device_is_known'),
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='control_tap_once'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'price'), _negated=True), models.Q(('proposed_by__isnull', False), models.Q(('proposed_by', models.F('by')), _negated=True)), _connector='OR'), name='price_needs_two_persons'),
                        models.UniqueConstraint(condition=models.Q(('kind__in', ('price', 'price_no'))), fields=('about',), name='price_answered_once'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['started', 'ended', 'listed', 'unlisted', 'sold_out', 'pulled', 'released', 'pitch_end', 'price_asked', 'price', 'price_no', 'stock', 'coupon', 'reward', 'pinned', 'prompt', 'seen', 'help', 'helped', 'lost', 'reopened'])), name='control_kind_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='control_log_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6d1afe386b0e1287bc5078e2c6092fcb238bd12c', operation='UPDATE OR DELETE', pgid='pgtrigger_control_log_stays_5a90e', table='livestream_controlevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CueCard',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('origin', models.CharField(blank=True, max_length=200, verbose_name='从哪里来')),
                    ('points', models.CharField(blank=True, max_length=300, verbose_name='卖点')),
                    ('proof', models.CharField(blank=True, max_length=200, verbose_name='凭什么这么说')),
                    ('scene', models.CharField(blank=True, max_length=200, verbose_name='怎么吃、怎么用')),
                    ('questions', models.CharField(blank=True, max_length=300, verbose_name='常问的')),
                    ('call', models.CharField(blank=True, max_length=200, verbose_name='催单的话')),
                    ('tried_by_host', models.BooleanField(default=False, verbose_name='主播自己吃过用过')),
                    ('is_ai_made', models.BooleanField(default=False, verbose_name='用 AI 写的')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('changed_at', models.DateTimeField(verbose_name='改的时间')),
                    ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁改的')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cue_cards', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '手卡',
                    'verbose_name_plural': '手卡',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'product'), name='cue_card_once_per_session'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.CueCard', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'product_id', 'origin', 'points', 'proof', 'scene', 'questions', 'call', 'tried_by_host', 'is_ai_made', 'changed_by_id', 'changed_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='900faaba25634e16852a60913a59a9b1728d24d4', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_fe219', table='livestream_cuecard', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='GateOverride',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('missing', models.CharField(max_length=300, verbose_name='缺什么')),
                    ('reason', models.CharField(max_length=200, verbose_name='为什么放行')),
                    ('at', models.DateTimeField(verbose_name='放行时间')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁放行的')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['at'],
                    'verbose_name': '放行',
                    'verbose_name_plural': '放行',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'product'), name='override_once_per_session'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_a_reason'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ItemLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('platform', models.CharField(max_length=16, verbose_name='平台')),
                    ('number', models.CharField(max_length=40, verbose_name='链接号')),
                    ('price_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='平台上的价（分）')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='livestream.lineupitem', verbose_name='排品')),
                ],
                options={
                    'ordering': ['platform'],
                    'verbose_name': '链接',
                    'verbose_name_plural': '链接',
                    'constraints': [
                        models.UniqueConstraint(fields=('item', 'platform'), name='link_once_per_platform'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.ItemLink', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] WHEN 'DELETE' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id)] ELSE ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id), (SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'item_id', 'platform', 'number', 'price_fen']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='32ba08d07d031906b6675afacc3def4027ebd718', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_5485f', table='livestream_itemlink', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ViewerReading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('platform', models.CharField(blank=True, max_length=16, verbose_name='平台')),
                    ('source', models.CharField(choices=[('tap', '手工记'), ('file', '平台文件'), ('api', '平台接口')], max_length=4, verbose_name='从哪里来')),
                    ('read_at', models.DateTimeField(verbose_name='什么时候的')),
                    ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('online_now', models.PositiveIntegerField(blank=True, null=True, verbose_name='实时在线')),
                    ('exposure_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='曝光人数')),
                    ('view_pv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='观看人次')),
                    ('view_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='观看人数')),
                    ('watch_seconds', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='观看总秒数')),
                    ('item_exposure_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='商品曝光人数')),
                    ('item_click_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='商品点击人数')),
                    ('order_creators', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='下单人数')),
                    ('buyers', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='成交人数')),
                    ('new_followers', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='新增粉丝')),
                    ('tap', models.CharField(blank=True, editable=False, max_length=64)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['read_at', 'pk'],
                    'verbose_name': '观众数据',
                    'verbose_name_plural': '观众数据',
                    'indexes': [
                        models.Index(fields=['session', 'read_at'], name='reading_by_session'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('source__in', ['tap', 'file', 'api'])), name='reading_source_is_known'),
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='reading_tap_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ItemReading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exposure_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='曝光人数')),
                    ('click_uv', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='点击人数')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('reading', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='livestream.viewerreading', verbose_name='观众数据')),
                ],
                options={
                    'verbose_name': '商品观众数据',
                    'verbose_name_plural': '商品观众数据',
                    'constraints': [
                        models.UniqueConstraint(fields=('reading', 'product'), name='item_reading_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='LineUpVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='版本')),
                    ('body', models.JSONField(editable=False)),
                    ('words', models.CharField(blank=True, max_length=200, verbose_name='改了什么')),
                    ('made_at', models.DateTimeField(verbose_name='存的时间')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁存的')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='line_up_versions', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['-number'],
                    'verbose_name': '排品表版本',
                    'verbose_name_plural': '排品表版本',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'number'), name='line_up_version_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Offer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('coupon', '券'), ('threshold', '满减'), ('gift', '赠品')], max_length=9, verbose_name='优惠')),
                    ('payer', models.CharField(choices=[('supplier', '供货商'), ('platform', '平台'), ('county', '县里'), ('host', '主播')], max_length=8, verbose_name='谁出钱')),
                    ('amount_fen', models.PositiveIntegerField(default=0, verbose_name='减多少（分）')),
                    ('threshold_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='满多少（分）')),
                    ('gift', models.CharField(blank=True, max_length=60, verbose_name='赠品')),
                    ('gift_quantity', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='赠几件')),
                    ('quantity', models.PositiveIntegerField(blank=True, null=True, verbose_name='一共几份')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='livestream.lineupitem', verbose_name='排品')),
                ],
                options={
                    'ordering': ['pk'],
                    'verbose_name': '优惠',
                    'verbose_name_plural': '优惠',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['coupon', 'threshold', 'gift'])), name='offer_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('payer__in', ['supplier', 'platform', 'county', 'host'])), name='offer_payer_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'gift'), _negated=True), models.Q(('gift', ''), _negated=True), _connector='OR'), name='gift_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Offer', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] WHEN 'DELETE' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id)] ELSE ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id), (SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'item_id', 'kind', 'payer', 'amount_fen', 'threshold_fen', 'gift', 'gift_quantity', 'quantity']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='863c3269f67684c5cf0a04d851380bea6236bb76', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_bba06', table='livestream_offer', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Packaging',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='包装')),
                    ('from_on', models.DateField(verbose_name='从哪天用')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='改了什么')),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁加的')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='packagings', to='livestream.product', verbose_name='商品')),
                ],
                options={
                    'ordering': ['-from_on', '-pk'],
                    'verbose_name': '包装',
                    'verbose_name_plural': '包装',
                    'constraints': [
                        models.UniqueConstraint(fields=('product', 'from_on'), name='one_packaging_begins_on_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Packaging', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_product WHERE id = NEW.product_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_product WHERE id = OLD.product_id)] ELSE ARRAY[(SELECT county_id FROM livestream_product WHERE id = OLD.product_id), (SELECT county_id FROM livestream_product WHERE id = NEW.product_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'product_id', 'name', 'from_on', 'note', 'added_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='2066dd2c483f839e401e71414d7eda62de68e560', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_da2ef', table='livestream_packaging', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Paper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('licence', '营业执照'), ('food_lic', '食品生产许可证'), ('workshop', '小作坊登记证'), ('sale_lic', '食品经营许可证'), ('drug_lic', '药品经营许可证'), ('commitment', '承诺达标合格证'), ('test', '检验报告'), ('standard', '产品执行标准'), ('gi', '地理标志用标授权'), ('brand', '品牌授权'), ('supply', '供货承诺书'), ('other', '其他')], max_length=10, verbose_name='证件')),
                    ('number', models.CharField(blank=True, max_length=60, verbose_name='编号')),
                    ('issuer', models.CharField(blank=True, max_length=60, verbose_name='谁发的')),
                    ('issued_on', models.DateField(blank=True, null=True, verbose_name='发证日期')),
                    ('valid_until_on', models.DateField(blank=True, null=True, verbose_name='有效到')),
                    ('batch', models.CharField(blank=True, max_length=40, verbose_name='批次')),
                    ('state', models.CharField(choices=[('waiting', '待核对'), ('accepted', '已核对'), ('refused', '不能用')], default='waiting', max_length=8, verbose_name='核对')),
                    ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='核对时间')),
                    ('refusal', models.CharField(blank=True, max_length=200, verbose_name='为什么不能用')),
                    ('name', models.CharField(blank=True, max_length=100, verbose_name='文件名')),
                    ('stored_as', models.CharField(blank=True, editable=False, max_length=100)),
                    ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                    ('bytes', models.PositiveIntegerField(default=0, verbose_name='大小')),
                    ('warned_on', models.DateField(editable=False, null=True)),
                    ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='加入时间')),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁加的')),
                    ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁核对的')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='livestream.product', verbose_name='商品')),
                    ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='livestream.supplier', verbose_name='供货商')),
                ],
                options={
                    'ordering': ['valid_until_on', 'pk'],
                    'verbose_name': '证件',
                    'verbose_name_plural': '证件',
                    'indexes': [
                        models.Index(fields=['supplier', 'kind'], name='paper_by_supplier'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['licence', 'food_lic', 'workshop', 'sale_lic', 'drug_lic', 'commitment', 'test', 'standard', 'gi', 'brand', 'supply', 'other'])), name='paper_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'accepted', 'refused'])), name='paper_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='paper_was_checked_by_somebody'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['commitment', 'gi', 'standard', 'test']), _negated=True), ('product__isnull', False), _connector='OR'), name='paper_of_goods_names_its_product'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Paper', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'supplier_id', 'product_id', 'kind', 'number', 'issuer', 'issued_on', 'valid_until_on', 'batch', 'state', 'checked_by_id', 'checked_at', 'refusal', 'name', 'sha256', 'bytes', 'added_by_id', 'added_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='7927536e3f62aa3d9c0d3f77b3f5d4c4a183dfb9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_e7c9c', table='livestream_paper', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PaperRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('product_class', models.CharField(choices=[('primary', '初级农产品'), ('processed1', '初加工农产品'), ('food', '加工食品'), ('herb', '中药材'), ('food_medic', '食药物质'), ('craft', '手工艺品'), ('ticket', '门票和服务')], max_length=10, verbose_name='商品类别')),
                    ('any_of', models.CharField(max_length=80, verbose_name='证件（有一种就行）')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '证件要求',
                    'verbose_name_plural': '证件要求',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'product_class', 'any_of'), name='paper_rule_once'),
                        models.CheckConstraint(condition=models.Q(('product_class__in', ['primary', 'processed1', 'food', 'herb', 'food_medic', 'craft', 'ticket'])), name='paper_rule_class_is_known'),
                        models.CheckConstraint(condition=models.Q(('any_of__regex', '^[a-z_]+(,[a-z_]+)*$')), name='paper_rule_names_kinds'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.PaperRule', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'product_class', 'any_of']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='1bfe7ec737f82d66c33172035e11913628b61945', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_76509', table='livestream_paperrule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Poster',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('session', '场次海报'), ('item', '商品海报'), ('leader', '县长推介海报')], max_length=8, verbose_name='海报')),
                    ('headline', models.CharField(max_length=30, verbose_name='大字')),
                    ('line', models.CharField(blank=True, max_length=60, verbose_name='小字')),
                    ('shows_price', models.BooleanField(default=False, verbose_name='写价格')),
                    ('code', models.CharField(editable=False, max_length=12, unique=True)),
                    ('made_at', models.DateTimeField(verbose_name='做的时间')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁做的')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posters', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['-made_at'],
                    'verbose_name': '海报',
                    'verbose_name_plural': '海报',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['session', 'item', 'leader'])), name='poster_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'leader'), _negated=True), ('shows_price', False), _connector='OR'), name='no_price_beside_a_leader'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Poster', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'kind', 'product_id', 'headline', 'line', 'shows_price', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='44e5aa21b80229698ba2a23b3958d18e96612f3e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_633a7', table='livestream_poster', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PosterVisit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('visits', models.PositiveIntegerField()),
                    ('poster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='livestream.poster')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('poster', 'on'), name='poster_visits_once_a_day'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PreflightTick',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.CharField(max_length=16, verbose_name='检查什么')),
                    ('is_fine', models.BooleanField(verbose_name='好了')),
                    ('note', models.CharField(blank=True, max_length=120, verbose_name='说明')),
                    ('ticked_at', models.DateTimeField(verbose_name='什么时候')),
                    ('recorded_at', models.DateTimeField(auto_now_add=True)),
                    ('tap', models.CharField(blank=True, editable=False, max_length=64)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preflight', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['ticked_at', 'pk'],
                    'verbose_name': '开播前检查',
                    'verbose_name_plural': '开播前检查',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('tap', ''), _negated=True), fields=('session', 'tap'), name='preflight_tap_once'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='QuickAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=40, verbose_name='问什么')),
                    ('words', models.CharField(max_length=300, verbose_name='怎么答')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['title'],
                    'verbose_name': '快捷回复',
                    'verbose_name_plural': '快捷回复',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'title'), name='quick_answer_once_per_county'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.QuickAnswer', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'title', 'words']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='12cd408fc88f4ba637a3092e062bbc5674cc135b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_7edef', table='livestream_quickanswer', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReviewAction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(max_length=200, verbose_name='做什么')),
                    ('due_on', models.DateField(verbose_name='哪天做完')),
                    ('made_at', models.DateTimeField(verbose_name='提出时间')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='做完的时间')),
                    ('outcome', models.CharField(blank=True, max_length=200, verbose_name='做得怎样')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁来做')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_actions', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['due_on', 'pk'],
                    'verbose_name': '改进',
                    'verbose_name_plural': '改进',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.ReviewAction', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'what', 'owner_id', 'due_on', 'made_by_id', 'made_at', 'done_at', 'outcome']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='e6c345bac4fc5d8f7331502754b671d61265a6c5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_e0e33', table='livestream_reviewaction', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ReviewNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('part', models.CharField(choices=[('goal', '目标和结果'), ('funnel', '转化'), ('curve', '每分钟'), ('goods', '商品表现'), ('people', '人和节奏'), ('supply', '供货和售后'), ('money', '钱'), ('promotion', '推广'), ('host', '主播自己说')], max_length=10, verbose_name='哪一部分')),
                    ('words', models.CharField(max_length=500, verbose_name='结论')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁写的')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_notes', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'verbose_name': '复盘结论',
                    'verbose_name_plural': '复盘结论',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('part__in', ['goal', 'funnel', 'curve', 'goods', 'people', 'supply', 'money', 'promotion', 'host'])), name='note_part_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SelectionCase',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stage', models.CharField(choices=[('candidate', '候选'), ('papers', '查证件'), ('sample', '看样品'), ('tasting', '试吃试用'), ('chosen', '选中'), ('rejected', '不选')], default='candidate', max_length=10, verbose_name='到哪一步')),
                    ('why', models.CharField(blank=True, max_length=200, verbose_name='为什么选它')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='结论和理由')),
                    ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='试吃打分')),
                    ('opened_at', models.DateTimeField(verbose_name='提出时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='定下时间')),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.campaign', verbose_name='活动')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='selections', to='livestream.product', verbose_name='商品')),
                ],
                options={
                    'ordering': ['-opened_at', '-pk'],
                    'verbose_name': '选品',
                    'verbose_name_plural': '选品',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('stage__in', ['candidate', 'papers', 'sample', 'tasting', 'chosen', 'rejected'])), name='selection_stage_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ('chosen', 'rejected')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='decided_selection_has_a_reason'),
                        models.UniqueConstraint(condition=models.Q(('stage__in', ('chosen', 'rejected')), _negated=True), fields=('product', 'campaign'), name='one_open_selection_per_product', nulls_distinct=False),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.SelectionCase', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'product_id', 'campaign_id', 'stage', 'why', 'reason', 'score', 'opened_by_id', 'opened_at', 'decided_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='c8a11b5e333cf1dd1552a5985a79f649dd437394', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_5f76a', table='livestream_selectioncase', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Sample',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('quantity', models.PositiveSmallIntegerField(verbose_name='几件')),
                    ('came_on', models.DateField(verbose_name='哪天收到')),
                    ('fate', models.CharField(choices=[('here', '在库'), ('lent', '借出拍摄'), ('eaten', '试吃用掉'), ('returned', '退还'), ('lost', '丢损')], default='here', max_length=8, verbose_name='现在')),
                    ('where', models.CharField(blank=True, max_length=60, verbose_name='放在哪里')),
                    ('gone_on', models.DateField(blank=True, null=True, verbose_name='哪天离开')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='备注')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='livestream.selectioncase', verbose_name='选品')),
                ],
                options={
                    'ordering': ['-came_on', '-pk'],
                    'verbose_name': '样品',
                    'verbose_name_plural': '样品',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('fate__in', ['here', 'lent', 'eaten', 'returned', 'lost'])), name='sample_fate_is_known'),
                        models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='sample_is_something'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Sample', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_selectioncase WHERE id = NEW.case_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_selectioncase WHERE id = OLD.case_id)] ELSE ARRAY[(SELECT county_id FROM livestream_selectioncase WHERE id = OLD.case_id), (SELECT county_id FROM livestream_selectioncase WHERE id = NEW.case_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'case_id', 'quantity', 'came_on', 'fate', 'where', 'gone_on', 'note', 'noted_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='2adac7ece3e80348b43cea897bc122c2ade128dc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_01365', table='livestream_sample', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Script',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('theme', models.CharField(blank=True, max_length=60, verbose_name='主题')),
                    ('aim', models.CharField(blank=True, max_length=200, verbose_name='目的')),
                    ('opening', models.TextField(blank=True, max_length=1000, verbose_name='开场的话')),
                    ('closing', models.TextField(blank=True, max_length=1000, verbose_name='收尾的话')),
                    ('is_ai_made', models.BooleanField(default=False, verbose_name='用 AI 写的')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('changed_at', models.DateTimeField(verbose_name='改的时间')),
                    ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁改的')),
                    ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='script', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '直播脚本',
                    'verbose_name_plural': '直播脚本',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.Script', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id)] ELSE ARRAY[(SELECT county_id FROM livestream_livesession WHERE id = OLD.session_id), (SELECT county_id FROM livestream_livesession WHERE id = NEW.session_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'session_id', 'theme', 'aim', 'opening', 'closing', 'is_ai_made', 'changed_by_id', 'changed_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='fcf3e372402b8e81cfbac093e0767caba1fe1dce', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_ecc93', table='livestream_script', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ScriptRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='序号')),
                    ('kind', models.CharField(choices=[('opening', '开场'), ('item', '讲货'), ('interaction', '互动'), ('reward', '福利'), ('guest', '嘉宾'), ('encore', '返场'), ('closing', '收尾和预告'), ('other', '其他')], max_length=11, verbose_name='环节')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='几分钟')),
                    ('what', models.CharField(max_length=200, verbose_name='做什么')),
                    ('speaker', models.CharField(choices=[('host', '主播'), ('co_host', '助播'), ('guest', '嘉宾'), ('floor', '场控')], default='host', max_length=8, verbose_name='谁来讲')),
                    ('control', models.CharField(blank=True, max_length=120, verbose_name='中控做什么')),
                    ('material', models.CharField(blank=True, max_length=120, verbose_name='要准备的东西')),
                    ('note', models.CharField(blank=True, max_length=120, verbose_name='备注')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('script', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='livestream.script', verbose_name='直播脚本')),
                ],
                options={
                    'ordering': ['position'],
                    'verbose_name': '流程',
                    'verbose_name_plural': '流程',
                    'constraints': [
                        models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('script', 'position'), name='script_row_once'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['opening', 'item', 'interaction', 'reward', 'guest', 'encore', 'closing', 'other'])), name='script_row_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('speaker__in', ['host', 'co_host', 'guest', 'floor'])), name='script_speaker_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ScriptTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='模板')),
                    ('body', models.JSONField(editable=False)),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                ],
                options={
                    'ordering': ['name'],
                    'verbose_name': '脚本模板',
                    'verbose_name_plural': '脚本模板',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'name'), name='script_template_once_per_county'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.ScriptTemplate', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'name', 'body', 'made_by_id', 'made_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='951ee3d4c2cd427ac1618f493f1552db1a0661e2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_90ec6', table='livestream_scripttemplate', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SelectionStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stage', models.CharField(choices=[('candidate', '候选'), ('papers', '查证件'), ('sample', '看样品'), ('tasting', '试吃试用'), ('chosen', '选中'), ('rejected', '不选')], max_length=10, verbose_name='到哪一步')),
                    ('words', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='livestream.selectioncase', verbose_name='选品')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'verbose_name': '选品步骤',
                    'verbose_name_plural': '选品步骤',
                },
            ),
            migrations.CreateModel(
                name='Statement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('mark', models.CharField(choices=[('t0', '下播时'), ('t1', 'T+1'), ('t7', 'T+7'), ('t15', 'T+15'), ('t30', 'T+30')], max_length=3, verbose_name='哪一次')),
                    ('due_at', models.DateTimeField(verbose_name='截到什么时候')),
                    ('made_at', models.DateTimeField(verbose_name='算的时间')),
                    ('figures', models.JSONField(editable=False)),
                    ('causes', models.JSONField(default=list, editable=False)),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['due_at'],
                    'verbose_name': '复盘数字',
                    'verbose_name_plural': '复盘数字',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'mark'), name='statement_once_per_mark'),
                        models.CheckConstraint(condition=models.Q(('mark__in', ['t0', 't1', 't7', 't15', 't30'])), name='statement_mark_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='statement_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e802c782767e1a906635a39f287dfcd5e0a203ca', operation='UPDATE', pgid='pgtrigger_statement_stays_4dca6', table='livestream_statement', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SupplyPromise',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('units', models.PositiveIntegerField(verbose_name='承诺几件')),
                    ('daily_capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='每天能发（件）')),
                    ('cut_off_at', models.DateTimeField(blank=True, null=True, verbose_name='截单时间')),
                    ('evidence', models.CharField(blank=True, max_length=200, verbose_name='凭据')),
                    ('promised_on', models.DateField(verbose_name='哪天承诺的')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='promises', to='livestream.lineupitem', verbose_name='排品')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.supplier', verbose_name='谁供货')),
                ],
                options={
                    'ordering': ['pk'],
                    'verbose_name': '供货承诺',
                    'verbose_name_plural': '供货承诺',
                    'constraints': [
                        models.UniqueConstraint(fields=('item', 'supplier'), name='promise_once_per_supplier'),
                        models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='promise_is_something'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.SupplyPromise', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] WHEN 'DELETE' THEN ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id)] ELSE ARRAY[(SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = OLD.item_id), (SELECT s.county_id FROM livestream_lineupitem i JOIN livestream_livesession s ON s.id = i.session_id WHERE i.id = NEW.item_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'item_id', 'supplier_id', 'units', 'daily_capacity', 'cut_off_at', 'evidence', 'promised_on', 'noted_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='5d59a8462d57e66365794a4ab04386b100ee1568', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_55238', table='livestream_supplypromise', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PaidLow',
                fields=[
                    ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='paid_low', serialize=False, to='livestream.product', verbose_name='商品')),
                    ('before_on', models.DateField(verbose_name='哪天以前的七天')),
                    ('low_fen', models.PositiveIntegerField(blank=True, null=True, verbose_name='最低成交价（分）')),
                    ('orders', models.PositiveIntegerField(default=0, verbose_name='几笔成交')),
                ],
                options={
                    'verbose_name': '前 7 天最低成交价',
                    'verbose_name_plural': '前 7 天最低成交价',
                },
            ),
            migrations.CreateModel(
                name='StartChoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('left_out', '先不卖'), ('passed', '放行')], max_length=8, verbose_name='怎么办')),
                    ('code', models.CharField(max_length=16, verbose_name='哪一条')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                    ('at', models.DateTimeField(verbose_name='什么时候')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁定的')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.product', verbose_name='商品')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='start_choices', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'verbose_name': '开播前的决定',
                    'verbose_name_plural': '开播前的决定',
                    'constraints': [
                        models.UniqueConstraint(fields=('session', 'kind', 'code', 'product'), name='start_choice_once', nulls_distinct=False),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['left_out', 'passed'])), name='start_choice_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'passed'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='start_pass_has_a_reason'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'left_out'), _negated=True), ('product__isnull', False), _connector='OR'), name='left_out_is_a_product'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ServiceLine',
                fields=[
                    ('county', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='livestream.place', verbose_name='县')),
                    ('phone', models.CharField(max_length=24, verbose_name='服务电话')),
                    ('hours', models.CharField(blank=True, max_length=40, verbose_name='几点有人接')),
                ],
                options={
                    'verbose_name': '服务电话',
                    'verbose_name_plural': '服务电话',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('livestream.ServiceLine', COALESCE(NEW.county_id, OLD.county_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['county_id', 'phone', 'hours']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='de9fc21ebc8e23debce86b892fafb392d5eb28cb', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_7750d', table='livestream_serviceline', when='AFTER')),
                    ],
                },
            ),
        ]),
    ]
