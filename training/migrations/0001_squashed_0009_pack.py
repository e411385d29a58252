"""Everything from 0001_school to 0009_pack at once, for a database that has none of it."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import livestream.models.encrypted
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models
from livestream.migrations._together import Together


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('training', '0001_school'),
        ('training', '0002_cohort'),
        ('training', '0003_trainee'),
        ('training', '0004_timetable'),
        ('training', '0005_study'),
        ('training', '0006_certificate'),
        ('training', '0007_followup'),
        ('training', '0008_hidden_words'),
        ('training', '0009_pack'),
    ]

    dependencies = [
        ('livestream', '0036_public'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='IssuerKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                    ('private', livestream.models.encrypted.EncryptedTextField()),
                    ('public', models.JSONField()),
                ],
                options={
                    'verbose_name': '签名钥匙',
                    'verbose_name_plural': '签名钥匙',
                },
            ),
            migrations.CreateModel(
                name='Course',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='课程')),
                    ('level', models.CharField(choices=[('entry', '零基础'), ('basic', '入门'), ('advanced', '提高'), ('expert', '骨干')], default='entry', max_length=8, verbose_name='程度')),
                    ('topic', models.CharField(choices=[('phone', '手机和网络'), ('shop', '开店和上架'), ('live', '直播带货'), ('video', '短视频'), ('goods', '选品和包装'), ('service', '客服和售后'), ('law', '法规和合规'), ('logistics', '打包和物流'), ('data', '看数据和复盘')], max_length=10, verbose_name='内容')),
                    ('mode', models.CharField(choices=[('offline', '线下'), ('online', '线上'), ('mixed', '线上加线下')], default='offline', max_length=8, verbose_name='方式')),
                    ('academic_hours', models.PositiveSmallIntegerField(verbose_name='学时')),
                    ('trade', models.CharField(blank=True, choices=[('selector', '选品员'), ('seller', '直播销售员'), ('video_promoter', '视频创推员'), ('platform_manager', '平台管理员')], max_length=20, verbose_name='工种')),
                    ('trade_level', models.PositiveSmallIntegerField(blank=True, choices=[(5, '五级（初级工）'), (4, '四级（中级工）'), (3, '三级（高级工）'), (2, '二级（技师）'), (1, '一级（高级技师）')], null=True, verbose_name='等级')),
                    ('about', models.CharField(blank=True, max_length=500, verbose_name='讲什么')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['title', 'pk'],
                    'verbose_name': '课程',
                    'verbose_name_plural': '课程',
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('county', 'title'), name='course_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('level__in', ['entry', 'basic', 'advanced', 'expert'])), name='course_level_is_known'),
                        models.CheckConstraint(condition=models.Q(('topic__in', ['phone', 'shop', 'live', 'video', 'goods', 'service', 'law', 'logistics', 'data'])), name='course_topic_is_known'),
                        models.CheckConstraint(condition=models.Q(('mode__in', ['offline', 'online', 'mixed'])), name='course_mode_is_known'),
                        models.CheckConstraint(condition=models.Q(('academic_hours__range', (1, 400))), name='course_has_hours'),
                        models.CheckConstraint(condition=models.Q(models.Q(('trade', ''), ('trade_level', None)), models.Q(('trade__in', ['selector', 'seller', 'video_promoter', 'platform_manager']), ('trade_level__in', [5, 4, 3, 2, 1])), _connector='OR'), name='course_of_a_trade_has_its_level'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Course', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'title', 'level', 'topic', 'mode', 'academic_hours', 'trade', 'trade_level', 'about', 'is_in_use']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='d7ea9a71cc8aad393e28e2afe5a6499aa14208af', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_3060a', table='training_course', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Cohort',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('title', models.CharField(max_length=60, verbose_name='班名')),
                    ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='期号')),
                    ('form', models.CharField(choices=[('month', '月班'), ('five_months', '五个月班'), ('three_years', '三年培养班'), ('camp', '集训营')], default='month', max_length=12, verbose_name='形式')),
                    ('state', models.CharField(choices=[('planned', '筹备中'), ('open', '报名中'), ('running', '上课中'), ('closed', '已结班'), ('cancelled', '已取消')], default='planned', max_length=10, verbose_name='状态')),
                    ('starts_on', models.DateField(verbose_name='开班日期')),
                    ('ends_on', models.DateField(verbose_name='结班日期')),
                    ('seats', models.PositiveSmallIntegerField(default=40, verbose_name='名额')),
                    ('funding', models.CharField(choices=[('demonstration', '电商示范县资金'), ('county', '县财政'), ('assistance', '帮扶资金'), ('enterprise', '企业或平台出资'), ('own', '学员自费'), ('free', '不花钱'), ('other', '其他（请写明）')], default='county', max_length=14, verbose_name='经费来源')),
                    ('funding_note', models.CharField(blank=True, max_length=120, verbose_name='经费文件')),
                    ('budget_fen', models.BigIntegerField(blank=True, null=True, verbose_name='预算（分）')),
                    ('aims', models.CharField(blank=True, max_length=500, verbose_name='对象和目标')),
                    ('summary', models.CharField(blank=True, max_length=2000, verbose_name='班级总结')),
                    ('join_code', models.CharField(blank=True, max_length=16, null=True, unique=True, verbose_name='报名码')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结班时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁建的')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='开班地点')),
                    ('courses', models.ManyToManyField(blank=True, related_name='cohorts', to='training.course', verbose_name='课程')),
                ],
                options={
                    'ordering': ['-starts_on', '-number'],
                    'verbose_name': '培训班',
                    'verbose_name_plural': '培训班',
                    'indexes': [
                        models.Index(fields=['county', 'starts_on'], name='cohort_by_start'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('seats__range', (1, 40))), name='cohort_has_forty_seats_at_most'),
                        models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='cohort_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('form__in', ['month', 'five_months', 'three_years', 'camp'])), name='cohort_form_is_known'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'open', 'running', 'closed', 'cancelled'])), name='cohort_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('funding__in', ['demonstration', 'county', 'assistance', 'enterprise', 'own', 'free', 'other'])), name='cohort_funding_is_known'),
                        models.UniqueConstraint(fields=('county', 'year', 'number'), name='cohort_number_once_per_year'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Cohort', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'place_id', 'title', 'year', 'number', 'form', 'state', 'starts_on', 'ends_on', 'seats', 'funding', 'funding_note', 'budget_fen', 'aims', 'summary', 'version', 'made_by_id', 'made_at', 'closed_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='51e5709675fe51157756338ef2f76bec2f23b3d5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_29efc', table='training_cohort', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='keep_seated', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.seats < OLD.seats)', func="\nIF EXISTS (SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.id AND e.seat > NEW.seats) THEN\n    RAISE EXCEPTION 'a cohort has a seat for everybody who has one' USING ERRCODE = 'check_violation', CONSTRAINT = 'cohort_keeps_its_seated', TABLE = TG_TABLE_NAME;\nEND IF;\nRETURN NEW;\n", hash='059df8527cc3ca3b976f0ba61de026f2bee4aaed', operation='UPDATE OF "seats"', pgid='pgtrigger_keep_seated_85146', table='training_cohort', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='fill_new_seats', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE seats integer; free integer; promoted uuid;', func="\nSELECT c.seats INTO seats FROM training_cohort c WHERE c.id = NEW.id AND c.state IN ('open', 'planned', 'running') FOR NO KEY UPDATE;\nIF NOT FOUND THEN\n    RETURN NULL;\nEND IF;\nLOOP\n    SELECT min(number) INTO free FROM generate_series(1, seats) number WHERE NOT EXISTS (\n    SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.id AND e.seat = number);\n    EXIT WHEN free IS NULL;\n    SELECT e.id INTO promoted FROM training_enrolment e WHERE e.cohort_id = NEW.id AND e.state = 'waiting'\n    ORDER BY e.queue_no LIMIT 1 FOR NO KEY UPDATE;\n    EXIT WHEN NOT FOUND;\n    PERFORM set_config('cunbo.seat_given', promoted::text, true);\n    UPDATE training_enrolment SET state = 'enrolled', seat = free, queue_no = NULL, promoted_at = now(), told_at = NULL\n    WHERE id = promoted;\n    PERFORM set_config('cunbo.seat_given', '', true);\nEND LOOP;\nRETURN NULL;\n", hash='4a94f11e406194ee159d292d321529124a43ab7e', operation='UPDATE OF "seats", "state"', pgid='pgtrigger_fill_new_seats_7cf41', table='training_cohort', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='move_lessons', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func="\nUPDATE livestream_hold h SET place_id = COALESCE((SELECT r.place_id FROM livestream_resource r WHERE r.id = l.room_id), c.place_id), title = left(l.title || '（' || c.title || '）', 130), version = h.version + 1,\n    changed_at = now()\nFROM training_lesson l JOIN training_cohort c ON c.id = l.cohort_id WHERE c.id = NEW.id AND h.id = l.id;\nRETURN NULL;\n", hash='497287f29e59f3667d4de071de1020c4a29f0171', operation='UPDATE OF "title", "place_id"', pgid='pgtrigger_move_lessons_5b871', table='training_cohort', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Lesson',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('title', models.CharField(max_length=60, verbose_name='课题')),
                    ('starts_at', models.DateTimeField(verbose_name='开始')),
                    ('ends_at', models.DateTimeField(verbose_name='结束')),
                    ('academic_hours', models.PositiveSmallIntegerField(default=2, verbose_name='学时')),
                    ('mode', models.CharField(choices=[('offline', '线下'), ('online', '线上'), ('mixed', '线上加线下')], default='offline', max_length=8, verbose_name='方式')),
                    ('room_note', models.CharField(blank=True, max_length=80, verbose_name='别的地点')),
                    ('state', models.CharField(choices=[('planned', '待上'), ('held', '已上'), ('cancelled', '已取消')], default='planned', max_length=10, verbose_name='状态')),
                    ('held_at', models.DateTimeField(blank=True, null=True, verbose_name='上课登记时间')),
                    ('cancelled_because', models.CharField(blank=True, max_length=120, verbose_name='取消原因')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='备注')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('secret', livestream.models.encrypted.EncryptedTextField(blank=True, editable=False)),
                    ('assistant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='助教')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='training.cohort', verbose_name='培训班')),
                    ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='training.course', verbose_name='课程')),
                    ('held_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁登记的')),
                    ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='livestream.resource', verbose_name='教室或场地')),
                    ('trainer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to=settings.AUTH_USER_MODEL, verbose_name='讲师')),
                ],
                options={
                    'ordering': ['starts_at', 'pk'],
                    'verbose_name': '课次',
                    'verbose_name_plural': '课次',
                    'indexes': [
                        models.Index(fields=['cohort', 'starts_at'], name='lesson_by_start'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='lesson_ends_after_it_begins'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'held', 'cancelled'])), name='lesson_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('mode__in', ['offline', 'online', 'mixed'])), name='lesson_mode_is_known'),
                        models.CheckConstraint(condition=models.Q(('academic_hours__range', (1, 24))), name='lesson_has_hours'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('held_at__isnull', False), _connector='OR'), name='held_lesson_was_noted'),
                        models.CheckConstraint(condition=models.Q(('trainer', None), ('assistant', None), models.Q(('trainer', models.F('assistant')), _negated=True), _connector='OR'), name='lesson_is_assisted_by_another'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Lesson', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id)] ELSE ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id), (SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'cohort_id', 'course_id', 'title', 'starts_at', 'ends_at', 'academic_hours', 'mode', 'trainer_id', 'assistant_id', 'room_id', 'room_note', 'state', 'held_at', 'held_by_id', 'cancelled_because', 'note', 'version']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='7a098134c9aca535c4b50c321b631879aba64a30', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_30f89', table='training_lesson', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='hold_lesson', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' THEN\n    IF (OLD.cohort_id, OLD.title, OLD.starts_at, OLD.ends_at, OLD.trainer_id, OLD.assistant_id, OLD.room_id,\n        OLD.state = 'cancelled') IS NOT DISTINCT FROM (NEW.cohort_id, NEW.title, NEW.starts_at, NEW.ends_at, NEW.trainer_id,\n        NEW.assistant_id, NEW.room_id, NEW.state = 'cancelled') THEN\n        RETURN NULL;\n    END IF;\nEND IF;\nPERFORM pg_advisory_xact_lock(20261122, turn) FROM (SELECT DISTINCT hashtext(subject) & 4095 AS turn FROM (SELECT subject FROM livestream_booking WHERE hold_id = NEW.id\n    UNION ALL SELECT 'person:' || NEW.trainer_id WHERE NEW.trainer_id IS NOT NULL\n    UNION ALL SELECT 'person:' || NEW.assistant_id WHERE NEW.assistant_id IS NOT NULL\n    UNION ALL SELECT 'resource:' || NEW.room_id WHERE NEW.room_id IS NOT NULL) wanted ORDER BY turn) turns;\nDELETE FROM livestream_booking WHERE hold_id = NEW.id AND NOT COALESCE(CASE duty WHEN 'trainer' THEN person_id = NEW.trainer_id\n    WHEN 'assistant' THEN person_id = NEW.assistant_id ELSE resource_id = NEW.room_id END, false);\nINSERT INTO livestream_hold AS h\n    (id, county_id, place_id, kind, title, starts_at, ends_at, is_standing, version, changed_at, link)\nSELECT NEW.id, c.county_id, COALESCE((SELECT r.place_id FROM livestream_resource r WHERE r.id = NEW.room_id), c.place_id), 'lesson', left(NEW.title || '（' || c.title || '）', 130), NEW.starts_at, NEW.ends_at,\n    NEW.state <> 'cancelled', 1, now(), '/school/lessons/' || NEW.id || '/'\nFROM training_cohort c WHERE c.id = NEW.cohort_id\nON CONFLICT (id) DO UPDATE SET county_id = EXCLUDED.county_id, place_id = EXCLUDED.place_id, title = EXCLUDED.title,\n    starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, is_standing = EXCLUDED.is_standing, version = h.version + 1,\n    changed_at = EXCLUDED.changed_at;\nINSERT INTO livestream_booking (hold_id, person_id, resource_id, duty, during, subject, holder, is_holding, is_binding)\nSELECT NEW.id, w.person, w.resource, w.duty, 'empty', '', NEW.id, true, true\nFROM (VALUES (NEW.trainer_id, NULL::bigint, 'trainer'), (NEW.assistant_id, NULL, 'assistant'), (NULL, NEW.room_id, ''))\n    AS w (person, resource, duty)\nWHERE COALESCE(w.person, w.resource) IS NOT NULL\n    AND NOT EXISTS (SELECT 1 FROM livestream_booking b WHERE b.hold_id = NEW.id AND b.duty = w.duty);\nRETURN NULL;\n", hash='7610d4597556b038f55040f316307754a89fa9e4', operation='INSERT OR UPDATE OF "cohort_id", "title", "starts_at", "ends_at", "trainer_id", "assistant_id", "room_id", "state"', pgid='pgtrigger_hold_lesson_464a4', table='training_lesson', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='let_lesson_go', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nUPDATE livestream_hold SET is_standing = false, version = version + 1, changed_at = now() WHERE id = OLD.id;\nRETURN NULL;\n', hash='f299d4463f7e701795b08ee5fd76f42a2a62645c', operation='DELETE', pgid='pgtrigger_let_lesson_go_45a0a', table='training_lesson', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Photo',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('caption', models.CharField(blank=True, max_length=80, verbose_name='说明')),
                    ('stored_as', models.CharField(editable=False, max_length=100)),
                    ('sha256', models.CharField(editable=False, max_length=64)),
                    ('look', models.CharField(editable=False, max_length=16)),
                    ('bytes', models.PositiveIntegerField(verbose_name='大小')),
                    ('width', models.PositiveSmallIntegerField(verbose_name='宽')),
                    ('height', models.PositiveSmallIntegerField(verbose_name='高')),
                    ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='拍摄时间')),
                    ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁传的')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='training.cohort', verbose_name='培训班')),
                    ('lesson', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='training.lesson', verbose_name='课次')),
                ],
                options={
                    'verbose_name': '照片',
                    'verbose_name_plural': '照片',
                    'indexes': [
                        models.Index(fields=['sha256'], name='photo_by_digest'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='photo_has_its_digest'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SignInSheet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=12, unique=True, verbose_name='表号')),
                    ('printed_at', models.DateTimeField(auto_now_add=True, verbose_name='打印时间')),
                    ('entered_at', models.DateTimeField(blank=True, null=True, verbose_name='录入时间')),
                    ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁录入的')),
                    ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='training.lesson', verbose_name='课次')),
                    ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.photo', verbose_name='签到表照片')),
                    ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁打印的')),
                ],
                options={
                    'verbose_name': '签到表',
                    'verbose_name_plural': '签到表',
                },
            ),
            migrations.CreateModel(
                name='Trainee',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('phone', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='手机号')),
                    ('phone_digest', models.CharField(blank=True, editable=False, max_length=64)),
                    ('phone_end', models.CharField(blank=True, editable=False, max_length=4)),
                    ('sex', models.CharField(blank=True, choices=[('female', '女'), ('male', '男')], max_length=8, verbose_name='性别')),
                    ('birth', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='出生日期')),
                    ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='出生年')),
                    ('identity_digest', models.CharField(blank=True, editable=False, max_length=64)),
                    ('category', models.CharField(choices=[('farmer', '农户'), ('cooperative', '合作社社员'), ('merchant', '电商从业者'), ('keeper', '服务站站长'), ('cadre', '村干部'), ('veteran', '退役军人'), ('graduate', '高校毕业生'), ('jobless', '待业人员'), ('other', '其他')], default='farmer', max_length=12, verbose_name='类别')),
                    ('education', models.CharField(blank=True, choices=[('primary', '小学及以下'), ('middle', '初中'), ('high', '高中或中专'), ('college', '大专'), ('bachelor', '本科及以上')], max_length=10, verbose_name='学历')),
                    ('is_returnee', models.BooleanField(default=False, verbose_name='返乡人员')),
                    ('support', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='帮扶情况')),
                    ('guardian_evidence', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='监护人同意书存放处')),
                    ('consented_at', models.DateTimeField(blank=True, null=True, verbose_name='同意登记个人信息')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='注销时间')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='training.trainee', verbose_name='并入')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='村或社区')),
                    ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='trainee', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ('sealed', livestream.models.encrypted.EncryptedTextField(blank=True, default='', editable=False)),
                ],
                options={
                    'verbose_name': '学员',
                    'verbose_name_plural': '学员',
                    'indexes': [
                        models.Index(fields=['county', 'name'], name='trainee_by_name'),
                        models.Index(fields=['county', 'phone_digest'], name='trainee_by_phone'),
                        models.Index(condition=models.Q(('identity_digest', ''), _negated=True), fields=['identity_digest'], name='trainee_by_identity'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('erased_at', None), ('merged_into', None)), fields=('county', 'name', 'phone_digest', 'place'), name='trainee_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('sex__in', ['', 'female', 'male'])), name='trainee_sex_is_known'),
                        models.CheckConstraint(condition=models.Q(('category__in', ['farmer', 'cooperative', 'merchant', 'keeper', 'cadre', 'veteran', 'graduate', 'jobless', 'other'])), name='trainee_category_is_known'),
                        models.CheckConstraint(condition=models.Q(('education__in', ['', 'primary', 'middle', 'high', 'college', 'bachelor'])), name='trainee_education_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Trainee', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'place_id', 'user_id', 'sex', 'category', 'education', 'is_returnee', 'consented_at', 'merged_into_id', 'erased_at', 'made_at', 'made_by_id']::text[], ARRAY['name']::text[], ARRAY['phone', 'phone_digest', 'phone_end', 'birth', 'birth_year', 'identity_digest', 'support', 'guardian_evidence']::text[]); RETURN NULL;", hash='128b008365a0042adc48ad2b9961a3a55fab1e43', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_bb528', table='training_trainee', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Enrolment',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('state', models.CharField(choices=[('enrolled', '已入班'), ('waiting', '候补'), ('completed', '已结业'), ('not_completed', '未结业'), ('withdrawn', '已退出')], default='enrolled', max_length=14, verbose_name='状态')),
                    ('seat', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='座位号')),
                    ('queue_no', models.PositiveIntegerField(blank=True, null=True, verbose_name='候补号')),
                    ('way', models.CharField(choices=[('phone', '本人用手机'), ('trainer', '老师登记'), ('sheet', '名册表格'), ('api', '接口'), ('sql', '数据库')], default='trainer', max_length=8, verbose_name='怎么报的')),
                    ('client_id', models.UUIDField(blank=True, null=True, unique=True)),
                    ('enrolled_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='报名时间')),
                    ('promoted_at', models.DateTimeField(blank=True, null=True, verbose_name='候补转正时间')),
                    ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='已告知')),
                    ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='退出时间')),
                    ('left_because', models.CharField(blank=True, max_length=120, verbose_name='退出原因')),
                    ('completed_on', models.DateField(blank=True, null=True, verbose_name='结业日期')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='training.cohort', verbose_name='培训班')),
                    ('enrolled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('trainee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='training.trainee', verbose_name='学员')),
                ],
                options={
                    'verbose_name': '报名',
                    'verbose_name_plural': '报名',
                    'constraints': [
                        models.UniqueConstraint(fields=('cohort', 'trainee'), name='enrolled_once_per_cohort'),
                        models.UniqueConstraint(condition=models.Q(('seat__isnull', False)), fields=('cohort', 'seat'), name='seat_is_held_by_one'),
                        models.CheckConstraint(condition=models.Q(('seat', None), ('seat__range', (1, 40)), _connector='OR'), name='seat_is_one_of_forty'),
                        models.CheckConstraint(condition=models.Q(models.Q(('queue_no', None), ('seat__isnull', False), ('state__in', ['completed', 'enrolled', 'not_completed'])), models.Q(('queue_no__isnull', False), ('seat', None), ('state', 'waiting')), models.Q(('queue_no', None), ('seat', None), ('state', 'withdrawn')), _connector='OR'), name='enrolment_has_a_seat_or_waits'),
                        models.UniqueConstraint(condition=models.Q(('queue_no__isnull', False)), fields=('cohort', 'queue_no'), name='queue_number_once'),
                        models.CheckConstraint(condition=models.Q(('way__in', ['phone', 'trainer', 'sheet', 'api', 'sql'])), name='enrolment_way_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'completed'), _negated=True), ('completed_on__isnull', False), _connector='OR'), name='completed_on_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Enrolment', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id)] ELSE ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id), (SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'cohort_id', 'trainee_id', 'state', 'seat', 'queue_no', 'way', 'enrolled_at', 'enrolled_by_id', 'promoted_at', 'left_at', 'left_because', 'completed_on']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='d1768822adef077a62a4cceffcdd41e90b33999c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_09c12', table='training_enrolment', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='take_seat', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE seats integer; state text; free integer;', func="\nIF TG_OP = 'UPDATE' THEN\n    IF NEW.cohort_id <> OLD.cohort_id THEN\n        RAISE EXCEPTION 'an enrolment stays in its cohort' USING ERRCODE = 'check_violation', CONSTRAINT = 'enrolment_stays_in_its_cohort', TABLE = TG_TABLE_NAME;\n    ELSIF NEW.state = 'withdrawn' THEN\n        NEW.seat := NULL;\n        NEW.queue_no := NULL;\n        NEW.left_at := COALESCE(NEW.left_at, now());\n        RETURN NEW;\n    ELSIF OLD.state IN ('completed', 'enrolled', 'not_completed') THEN\n        NEW.state := CASE NEW.state WHEN 'waiting' THEN 'enrolled' ELSE NEW.state END;\n        NEW.seat := OLD.seat;\n        NEW.queue_no := NULL;\n        RETURN NEW;\n    ELSIF OLD.state = 'waiting' THEN\n        IF NEW.state = 'waiting' THEN\n            NEW.seat := NULL;\n            NEW.queue_no := OLD.queue_no;\n        ELSIF COALESCE(current_setting('cunbo.seat_given', true), '') <> NEW.id::text THEN\n            RAISE EXCEPTION 'a free seat goes to the first who waits' USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_goes_to_the_first_waiting', TABLE = TG_TABLE_NAME;\n        END IF;\n        RETURN NEW;\n    END IF;\nELSIF NEW.state = 'withdrawn' THEN\n    NEW.seat := NULL;\n    NEW.queue_no := NULL;\n    RETURN NEW;\nEND IF;\nSELECT c.seats, c.state INTO seats, state FROM training_cohort c WHERE c.id = NEW.cohort_id FOR NO KEY UPDATE;\nIF NEW.state IN ('enrolled', 'waiting') AND state NOT IN ('open', 'planned', 'running') THEN\n    RAISE EXCEPTION 'this cohort is not taking people' USING ERRCODE = 'check_violation', CONSTRAINT = 'cohort_takes_people', TABLE = TG_TABLE_NAME;\nEND IF;\nNEW.seat := NULL;\nNEW.queue_no := NULL;\nIF NOT EXISTS (SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.state = 'waiting') THEN\n    SELECT min(number) INTO free FROM generate_series(1, seats) number WHERE NOT EXISTS (\n    SELECT 1 FROM training_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.seat = number);\n    NEW.seat := free;\nEND IF;\nIF NEW.state IN ('enrolled', 'waiting') THEN\n    NEW.state := CASE WHEN NEW.seat IS NULL THEN 'waiting' ELSE 'enrolled' END;\n    IF NEW.seat IS NULL THEN\n        SELECT COALESCE(max(e.queue_no), 0) + 1 INTO NEW.queue_no FROM training_enrolment e WHERE e.cohort_id = NEW.cohort_id;\n    END IF;\nEND IF;\nRETURN NEW;\n", hash='3120374091bb5aa3e9d4917425a02d63022411d2', operation='INSERT OR UPDATE OF "state", "seat", "queue_no", "cohort_id"', pgid='pgtrigger_take_seat_6f544', table='training_enrolment', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='fill_freed_seat', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."seat" IS NULL AND OLD."seat" IS NOT NULL)', declare='DECLARE seats integer; free integer; promoted uuid;', func="\nSELECT c.seats INTO seats FROM training_cohort c WHERE c.id = OLD.cohort_id AND c.state IN ('open', 'planned', 'running') FOR NO KEY UPDATE;\nIF NOT FOUND THEN\n    RETURN NULL;\nEND IF;\nLOOP\n    SELECT min(number) INTO free FROM generate_series(1, seats) number WHERE NOT EXISTS (\n    SELECT 1 FROM training_enrolment e WHERE e.cohort_id = OLD.cohort_id AND e.seat = number);\n    EXIT WHEN free IS NULL;\n    SELECT e.id INTO promoted FROM training_enrolment e WHERE e.cohort_id = OLD.cohort_id AND e.state = 'waiting'\n    ORDER BY e.queue_no LIMIT 1 FOR NO KEY UPDATE;\n    EXIT WHEN NOT FOUND;\n    PERFORM set_config('cunbo.seat_given', promoted::text, true);\n    UPDATE training_enrolment SET state = 'enrolled', seat = free, queue_no = NULL, promoted_at = now(), told_at = NULL\n    WHERE id = promoted;\n    PERFORM set_config('cunbo.seat_given', '', true);\nEND LOOP;\nRETURN NULL;\n", hash='68ce795572babd8a98570deb65517313bebed2f0', operation='UPDATE OF "state", "seat", "queue_no", "cohort_id"', pgid='pgtrigger_fill_freed_seat_d8d12', table='training_enrolment', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='fill_left_seat', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."seat" IS NOT NULL)', declare='DECLARE seats integer; free integer; promoted uuid;', func="\nSELECT c.seats INTO seats FROM training_cohort c WHERE c.id = OLD.cohort_id AND c.state IN ('open', 'planned', 'running') FOR NO KEY UPDATE;\nIF NOT FOUND THEN\n    RETURN NULL;\nEND IF;\nLOOP\n    SELECT min(number) INTO free FROM generate_series(1, seats) number WHERE NOT EXISTS (\n    SELECT 1 FROM training_enrolment e WHERE e.cohort_id = OLD.cohort_id AND e.seat = number);\n    EXIT WHEN free IS NULL;\n    SELECT e.id INTO promoted FROM training_enrolment e WHERE e.cohort_id = OLD.cohort_id AND e.state = 'waiting'\n    ORDER BY e.queue_no LIMIT 1 FOR NO KEY UPDATE;\n    EXIT WHEN NOT FOUND;\n    PERFORM set_config('cunbo.seat_given', promoted::text, true);\n    UPDATE training_enrolment SET state = 'enrolled', seat = free, queue_no = NULL, promoted_at = now(), told_at = NULL\n    WHERE id = promoted;\n    PERFORM set_config('cunbo.seat_given', '', true);\nEND LOOP;\nRETURN NULL;\n", hash='1a3ae869b6edd0ced3ed180fe4a1ce089663c477', operation='DELETE', pgid='pgtrigger_fill_left_seat_d1585', table='training_enrolment', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SpotCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='抽查')),
                    ('seed', models.CharField(max_length=40, verbose_name='种子')),
                    ('size', models.PositiveSmallIntegerField(verbose_name='抽几人')),
                    ('population', models.PositiveIntegerField(verbose_name='总人数')),
                    ('population_sha256', models.CharField(editable=False, max_length=64)),
                    ('drawn_at', models.DateTimeField(verbose_name='抽取时间')),
                    ('cohorts', models.ManyToManyField(related_name='+', to='training.cohort', verbose_name='培训班')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁抽的')),
                ],
                options={
                    'verbose_name': '抽查',
                    'verbose_name_plural': '抽查',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.SpotCheck', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'title', 'seed', 'size', 'population', 'population_sha256', 'drawn_at', 'drawn_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='4b5b15fd58adcb014afc75d2ce6482728b19ebde', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_704d4', table='training_spotcheck', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='spot_check_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a8dedcaf112953a3f186ad55100ccf2b8372d10c', operation='UPDATE OR DELETE', pgid='pgtrigger_spot_check_stays_c7772', table='training_spotcheck', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SpotCall',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='序号')),
                    ('result', models.CharField(blank=True, choices=[('confirmed', '本人说参加过'), ('partly', '参加过，但对不上'), ('denied', '本人说没参加'), ('unreached', '没联系上')], max_length=10, verbose_name='结果')),
                    ('words', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                    ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='时间')),
                    ('called_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁打的')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.enrolment', verbose_name='学员')),
                    ('check_run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='training.spotcheck', verbose_name='抽查')),
                ],
                options={
                    'ordering': ['position'],
                    'verbose_name': '抽查电话',
                    'verbose_name_plural': '抽查电话',
                    'constraints': [
                        models.UniqueConstraint(fields=('check_run', 'enrolment'), name='spot_call_once'),
                        models.UniqueConstraint(fields=('check_run', 'position'), name='spot_call_has_its_place'),
                        models.CheckConstraint(condition=models.Q(('result__in', ['', 'confirmed', 'partly', 'denied', 'unreached'])), name='spot_result_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.SpotCall', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_spotcheck WHERE id = NEW.check_run_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_spotcheck WHERE id = OLD.check_run_id)] ELSE ARRAY[(SELECT county_id FROM training_spotcheck WHERE id = OLD.check_run_id), (SELECT county_id FROM training_spotcheck WHERE id = NEW.check_run_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'check_run_id', 'position', 'enrolment_id', 'result', 'words', 'called_at', 'called_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='d008629f2af4bd5d01357f2112fe57f353d56361', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_a9883', table='training_spotcall', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='spot_call_stays_drawn', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1563e2bbf8f5c66c7dda944c795e71b7eae04840', operation='DELETE', pgid='pgtrigger_spot_call_stays_drawn_f3880', table='training_spotcall', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='spot_call_is_of_its_person', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."check_run_id" IS DISTINCT FROM (NEW."check_run_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fb3a03dd49ee8e43fc5f1967363287dcb972790a', operation='UPDATE', pgid='pgtrigger_spot_call_is_of_its_person_76bf7', table='training_spotcall', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Material',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='名称')),
                    ('name', models.CharField(max_length=100, verbose_name='文件名')),
                    ('stored_as', models.CharField(editable=False, max_length=100)),
                    ('sha256', models.CharField(editable=False, max_length=64)),
                    ('bytes', models.PositiveIntegerField(verbose_name='大小')),
                    ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='加入时间')),
                    ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁加的')),
                    ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='training.course', verbose_name='课程')),
                ],
                options={
                    'verbose_name': '课件',
                    'verbose_name_plural': '课件',
                    'constraints': [
                        models.UniqueConstraint(fields=('course', 'sha256'), name='material_once_per_course'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Material', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_course WHERE id = NEW.course_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_course WHERE id = OLD.course_id)] ELSE ARRAY[(SELECT county_id FROM training_course WHERE id = OLD.course_id), (SELECT county_id FROM training_course WHERE id = NEW.course_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'course_id', 'title', 'name', 'sha256', 'bytes', 'added_by_id', 'added_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='b5df068b99f7d1f0a9cc10aa476710c2e9166f0f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_b42e6', table='training_material', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='StudyEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('client_id', models.UUIDField(unique=True)),
                    ('on', models.DateField(verbose_name='日期')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='分钟')),
                    ('is_finished', models.BooleanField(default=False, verbose_name='学完了')),
                    ('source', models.CharField(blank=True, max_length=40, verbose_name='来源')),
                    ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.course', verbose_name='课程')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='training.enrolment', verbose_name='学员')),
                    ('material', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='training.material', verbose_name='课件')),
                    ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('minute_at', models.DateTimeField(blank=True, null=True, verbose_name='哪一分钟')),
                ],
                options={
                    'verbose_name': '线上学习',
                    'verbose_name_plural': '线上学习',
                    'indexes': [
                        models.Index(fields=['enrolment', 'course'], name='study_by_course'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('minutes__range', (1, 720))), name='study_within_half_a_day'),
                        models.UniqueConstraint(fields=('enrolment', 'minute_at'), name='study_minute_once'),
                        models.CheckConstraint(condition=models.Q(('minute_at', None), ('minutes', 1), _connector='OR'), name='phone_tells_a_minute_at_a_time'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TraineePass',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                    ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='最近打开')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('trainee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passes', to='training.trainee', verbose_name='学员')),
                ],
                options={
                    'verbose_name': '学员链接',
                    'verbose_name_plural': '学员链接',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.TraineePass', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_trainee WHERE id = NEW.trainee_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_trainee WHERE id = OLD.trainee_id)] ELSE ARRAY[(SELECT county_id FROM training_trainee WHERE id = OLD.trainee_id), (SELECT county_id FROM training_trainee WHERE id = NEW.trainee_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'trainee_id', 'made_at', 'revoked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='0802496ca77b1a738b98e998d1d18fc418896933', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_b343e', table='training_traineepass', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Trainer',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='trainer', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                    ('organisation', models.CharField(blank=True, max_length=60, verbose_name='单位')),
                    ('about', models.CharField(blank=True, max_length=1000, verbose_name='简历')),
                    ('agreement_on', models.DateField(blank=True, null=True, verbose_name='聘用协议日期')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '讲师档案',
                    'verbose_name_plural': '讲师档案',
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Trainer', COALESCE(NEW.user_id, OLD.user_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['user_id', 'county_id', 'organisation', 'about', 'agreement_on', 'is_in_use']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='5a9564ecddbccf7f1871bc8a577141e0fdbe2d4d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_f08f5', table='training_trainer', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TrainerRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('training', '参加培训'), ('shadowing', '跟班学习'), ('visit', '外出考察'), ('certificate', '取得证书')], max_length=12, verbose_name='类型')),
                    ('title', models.CharField(max_length=80, verbose_name='内容')),
                    ('on', models.DateField(verbose_name='日期')),
                    ('academic_hours', models.PositiveSmallIntegerField(default=0, verbose_name='学时')),
                    ('place', models.CharField(blank=True, max_length=60, verbose_name='地点')),
                    ('evidence', models.CharField(blank=True, max_length=120, verbose_name='证明存放处')),
                    ('noted_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('trainer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='training.trainer', verbose_name='讲师')),
                ],
                options={
                    'verbose_name': '讲师经历',
                    'verbose_name_plural': '讲师经历',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['training', 'shadowing', 'visit', 'certificate'])), name='trainer_record_kind_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.TrainerRecord', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_trainer WHERE user_id = NEW.trainer_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_trainer WHERE user_id = OLD.trainer_id)] ELSE ARRAY[(SELECT county_id FROM training_trainer WHERE user_id = OLD.trainer_id), (SELECT county_id FROM training_trainer WHERE user_id = NEW.trainer_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'trainer_id', 'kind', 'title', 'on', 'academic_hours', 'place', 'evidence', 'noted_by_id', 'noted_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='23e709554f4c7211d8a8e8c29798d307abcc22aa', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_ef83a', table='training_trainerrecord', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='AnomalyNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=120)),
                    ('is_explained', models.BooleanField(verbose_name='有合理解释')),
                    ('words', models.CharField(max_length=300, verbose_name='说明')),
                    ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁写的')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '异常说明',
                    'verbose_name_plural': '异常说明',
                    'indexes': [
                        models.Index(fields=['county', 'key'], name='anomaly_note_by_key'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='anomaly_note_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='219486f5217492985bf86374cf49892e65a09e05', operation='UPDATE OR DELETE', pgid='pgtrigger_anomaly_note_stays_7df36', table='training_anomalynote', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CertificateRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                    ('attendance_percent', models.PositiveSmallIntegerField(default=80, verbose_name='出勤率至少（%）')),
                    ('is_over_planned', models.BooleanField(default=False, verbose_name='按计划课次算')),
                    ('exam_marks', models.PositiveSmallIntegerField(default=60, verbose_name='每门考试至少')),
                    ('needs_exam', models.BooleanField(default=True, verbose_name='要考试')),
                    ('needs_practical', models.BooleanField(default=True, verbose_name='要实操')),
                    ('practical_marks', models.PositiveSmallIntegerField(default=60, verbose_name='实操至少')),
                    ('academic_hours', models.PositiveSmallIntegerField(default=0, verbose_name='至少学时')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='定下时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁定的')),
                ],
                options={
                    'verbose_name': '发证规则',
                    'verbose_name_plural': '发证规则',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'version'), name='certificate_rule_once_per_version'),
                        models.CheckConstraint(condition=models.Q(('attendance_percent__lte', 100), ('exam_marks__lte', 100), ('practical_marks__lte', 100)), name='certificate_rule_can_be_met'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='certificate_rule_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6eb385fabf88a7256bea9ac6ea57ecf51b88922c', operation='UPDATE OR DELETE', pgid='pgtrigger_certificate_rule_stays_3a959', table='training_certificaterule', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.CertificateRule', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'version', 'attendance_percent', 'is_over_planned', 'exam_marks', 'needs_exam', 'needs_practical', 'practical_marks', 'academic_hours', 'made_at', 'made_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='a1b2a6f9dab1c322e89ec79d2ad81cc7a484ae07', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_b65a4', table='training_certificaterule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ClassPack',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('purpose', models.CharField(max_length=200, verbose_name='用途')),
                    ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='要的时间')),
                    ('claimed_at', models.DateTimeField(blank=True, null=True)),
                    ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='做好的时间')),
                    ('stored_as', models.CharField(blank=True, editable=False, max_length=100)),
                    ('bytes', models.PositiveIntegerField(blank=True, null=True, verbose_name='大小')),
                    ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                    ('error', models.CharField(blank=True, max_length=200, verbose_name='没做成的原因')),
                    ('downloads', models.PositiveIntegerField(default=0, verbose_name='下载次数')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁要的')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='training.cohort', verbose_name='培训班')),
                ],
                options={
                    'verbose_name': '一期一档',
                    'verbose_name_plural': '一期一档',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='class_pack_has_a_purpose'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='CohortTrainer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('duty', models.CharField(choices=[('lead', '班主任'), ('teacher', '任课讲师'), ('assistant', '助教'), ('shadow', '跟班学习的讲师')], default='teacher', max_length=10, verbose_name='分工')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trainers', to='training.cohort', verbose_name='培训班')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='讲师')),
                ],
                options={
                    'verbose_name': '班级讲师',
                    'verbose_name_plural': '班级讲师',
                    'constraints': [
                        models.UniqueConstraint(fields=('cohort', 'user'), name='trainer_once_per_cohort'),
                        models.UniqueConstraint(condition=models.Q(('duty', 'lead')), fields=('cohort',), name='one_lead_per_cohort'),
                        models.CheckConstraint(condition=models.Q(('duty__in', ['lead', 'teacher', 'assistant', 'shadow'])), name='teaching_duty_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.CohortTrainer', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id)] ELSE ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id), (SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'cohort_id', 'user_id', 'duty']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='1debc7969b19bc7aaaeb55099a9a7fe113b1667c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_da331', table='training_cohorttrainer', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ConversionRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('shop', '开了店'), ('live', '开了播'), ('sale', '出了单'), ('sustained', '持续经营'), ('employed', '就业'), ('linked', '被带动')], max_length=10, verbose_name='指标')),
                    ('from_days', models.PositiveSmallIntegerField(default=0, verbose_name='结业后第几天起')),
                    ('within_days', models.PositiveSmallIntegerField(verbose_name='结业后几天内')),
                    ('least', models.PositiveSmallIntegerField(verbose_name='至少')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='定下时间')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁定的')),
                ],
                options={
                    'verbose_name': '转化规则',
                    'verbose_name_plural': '转化规则',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['shop', 'live', 'sale', 'sustained', 'employed', 'linked'])), name='conversion_kind_is_known'),
                        models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('county', 'kind'), name='conversion_rule_in_use_once'),
                        models.CheckConstraint(condition=models.Q(('within_days__range', (1, 1100))), name='conversion_window_is_within_three_years'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.ConversionRule', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'kind', 'from_days', 'within_days', 'least', 'is_in_use', 'made_at', 'made_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='7933f20dff147d4a0412f1dc209d8b5c7c8d6095', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_a1211', table='training_conversionrule', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Certificate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=24, unique=True, verbose_name='证书编号')),
                    ('name', livestream.models.encrypted.EncryptedTextField(verbose_name='姓名')),
                    ('facts', models.JSONField(verbose_name='证明的内容')),
                    ('status_index', models.PositiveIntegerField(editable=False, unique=True)),
                    ('credential', models.TextField(blank=True, editable=False)),
                    ('issued_at', models.DateTimeField(verbose_name='发证时间')),
                    ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('revoked_because', models.CharField(blank=True, max_length=120, verbose_name='撤销原因')),
                    ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁发的')),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁撤销的')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='training.certificaterule', verbose_name='发证规则')),
                    ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='training.enrolment', verbose_name='学员')),
                ],
                options={
                    'verbose_name': '结业证书',
                    'verbose_name_plural': '结业证书',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='revoked_certificate_says_by_whom'),
                        models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revoked_because', ''), _negated=True), _connector='OR'), name='revoked_certificate_says_why'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Certificate', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id)] ELSE ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id), (SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'number', 'enrolment_id', 'rule_id', 'facts', 'status_index', 'issued_at', 'issued_by_id', 'revoked_at', 'revoked_by_id', 'revoked_because']::text[], ARRAY[]::text[], ARRAY['name']::text[]); RETURN NULL;", hash='55f3f6c00bb1e9a1350edfafbb216b6f2b3e0b22', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_0d2b2', table='training_certificate', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='certificate_is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='01cd2064eaf22f8ced9fa4554d17986e3a69c163', operation='DELETE', pgid='pgtrigger_certificate_is_never_deleted_95d66', table='training_certificate', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='certificate_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."facts" IS DISTINCT FROM (NEW."facts") OR OLD."status_index" IS DISTINCT FROM (NEW."status_index") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='bc98ece130602dfba09a95192ffd5b22f40d3e89', operation='UPDATE', pgid='pgtrigger_certificate_stays_6e5cc', table='training_certificate', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='certificate_stays_revoked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."revoked_at" IS NOT NULL AND (OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id") OR OLD."revoked_because" IS DISTINCT FROM (NEW."revoked_because")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f42b9ce906cc591c9cc267edb438c86d6640ee33', operation='UPDATE', pgid='pgtrigger_certificate_stays_revoked_4df6d', table='training_certificate', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='certificate_is_signed_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."credential" = \'\') AND OLD."credential" IS DISTINCT FROM (NEW."credential"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='34373eeb063756f7e7376da782b67b1a5b55f478', operation='UPDATE', pgid='pgtrigger_certificate_is_signed_once_b0795', table='training_certificate', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Exam',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='考试')),
                    ('kind', models.CharField(choices=[('theory', '理论'), ('skills', '技能')], max_length=8, verbose_name='类型')),
                    ('on', models.DateField(verbose_name='日期')),
                    ('pass_marks', models.PositiveSmallIntegerField(default=60, verbose_name='及格分')),
                    ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exams', to='training.cohort', verbose_name='培训班')),
                ],
                options={
                    'verbose_name': '考试',
                    'verbose_name_plural': '考试',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['theory', 'skills'])), name='exam_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('pass_marks__lte', 100)), name='exam_can_be_passed'),
                        models.UniqueConstraint(fields=('cohort', 'title'), name='exam_once_per_cohort'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Exam', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id)] ELSE ARRAY[(SELECT county_id FROM training_cohort WHERE id = OLD.cohort_id), (SELECT county_id FROM training_cohort WHERE id = NEW.cohort_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'cohort_id', 'title', 'kind', 'on', 'pass_marks']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='b612c6d49d58d727604ed7c895025c8a315f026b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_afe88', table='training_exam', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ExamResult',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('marks', models.PositiveSmallIntegerField(verbose_name='得分')),
                    ('noted_at', models.DateTimeField(auto_now=True, verbose_name='录入时间')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exam_results', to='training.enrolment', verbose_name='学员')),
                    ('exam', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='training.exam', verbose_name='考试')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁录入的')),
                ],
                options={
                    'verbose_name': '成绩',
                    'verbose_name_plural': '成绩',
                    'constraints': [
                        models.UniqueConstraint(fields=('exam', 'enrolment'), name='exam_result_once'),
                        models.CheckConstraint(condition=models.Q(('marks__lte', 100)), name='exam_marks_of_a_hundred'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.ExamResult', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_exam e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.exam_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_exam e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.exam_id)] ELSE ARRAY[(SELECT c.county_id FROM training_exam e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.exam_id), (SELECT c.county_id FROM training_exam e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.exam_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'exam_id', 'enrolment_id', 'marks', 'noted_by_id']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f38d6edc3a4e7279afb2537ea415be969d26e889', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_a5877', table='training_examresult', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Feedback',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('before', '上课前自评'), ('after', '上课后自评'), ('satisfaction', '满意度')], max_length=12, verbose_name='类型')),
                    ('answers', models.JSONField(verbose_name='打分')),
                    ('words', models.CharField(blank=True, max_length=500, verbose_name='想说的话')),
                    ('client_id', models.UUIDField(unique=True)),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='training.enrolment', verbose_name='学员')),
                ],
                options={
                    'verbose_name': '学员反馈',
                    'verbose_name_plural': '学员反馈',
                    'constraints': [
                        models.UniqueConstraint(fields=('enrolment', 'kind'), name='feedback_once_per_kind'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['before', 'after', 'satisfaction'])), name='feedback_kind_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='FollowUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('after_months', models.PositiveSmallIntegerField(verbose_name='结业后几个月')),
                    ('due_on', models.DateField(verbose_name='应回访日期')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='回访时间')),
                    ('work', models.CharField(blank=True, choices=[('selling', '自己做电商'), ('employed', '受雇'), ('farming', '务农'), ('looking', '在找活'), ('other', '其他')], max_length=10, verbose_name='现在做什么')),
                    ('work_place', models.CharField(blank=True, choices=[('county', '本县'), ('elsewhere', '外县')], max_length=10, verbose_name='在哪里')),
                    ('earns_fen', models.BigIntegerField(blank=True, null=True, verbose_name='本人说每月收入（分）')),
                    ('words', models.CharField(blank=True, max_length=500, verbose_name='记录')),
                    ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='回访人')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='training.enrolment', verbose_name='学员')),
                    ('next_on', models.DateField(blank=True, null=True, verbose_name='下次再打')),
                ],
                options={
                    'verbose_name': '回访',
                    'verbose_name_plural': '回访',
                    'indexes': [
                        models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='follow_up_due'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('enrolment', 'after_months'), name='follow_up_once'),
                        models.CheckConstraint(condition=models.Q(('after_months__in', (1, 3, 6, 12))), name='follow_up_after_known_months'),
                        models.CheckConstraint(condition=models.Q(('work__in', ['', 'selling', 'employed', 'farming', 'looking', 'other'])), name='follow_up_work_is_known'),
                        models.CheckConstraint(condition=models.Q(('work_place__in', ['', 'county', 'elsewhere'])), name='follow_up_place_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.FollowUp', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id)] ELSE ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id), (SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'enrolment_id', 'after_months', 'due_on', 'next_on', 'done_at', 'done_by_id', 'work', 'work_place']::text[], ARRAY[]::text[], ARRAY['words', 'earns_fen']::text[]); RETURN NULL;", hash='1c1104a9336ab3be21de695da4d636ec72f75f5a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_d7c2c', table='training_followup', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Call',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('result', models.CharField(choices=[('reached', '打通了'), ('no_answer', '没人接'), ('wrong_number', '号码不对'), ('refused', '不愿意说')], max_length=12, verbose_name='结果')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('words', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁打的')),
                    ('follow_up', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='training.followup', verbose_name='回访')),
                ],
                options={
                    'verbose_name': '回访电话',
                    'verbose_name_plural': '回访电话',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('result__in', ['reached', 'no_answer', 'wrong_number', 'refused'])), name='call_result_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='IncubationStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('visit', '上门指导'), ('shop', '帮开店'), ('goods', '对接货源'), ('rehearsal', '陪练直播'), ('loan', '对接贷款'), ('other', '其他')], max_length=10, verbose_name='做了什么')),
                    ('on', models.DateField(verbose_name='日期')),
                    ('words', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='training.enrolment', verbose_name='学员')),
                    ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='带教老师')),
                ],
                options={
                    'verbose_name': '孵化记录',
                    'verbose_name_plural': '孵化记录',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['visit', 'shop', 'goods', 'rehearsal', 'loan', 'other'])), name='incubation_step_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.IncubationStep', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id)] ELSE ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id), (SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'enrolment_id', 'kind', 'on', 'mentor_id']::text[], ARRAY[]::text[], ARRAY['words']::text[]); RETURN NULL;", hash='6f641a6279a7d7b80a4eaca64133a2439953c2d7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_93ca0', table='training_incubationstep', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Attendance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('presence', models.CharField(choices=[('present', '到'), ('late', '迟到'), ('excused', '请假'), ('absent', '缺')], max_length=8, verbose_name='到课')),
                    ('way', models.CharField(choices=[('qr', '扫码'), ('roll_call', '点名'), ('paper', '纸上签到'), ('online', '线上'), ('decision', '核对后定的')], max_length=10, verbose_name='方式')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('is_contradicted', models.BooleanField(default=False, verbose_name='有矛盾')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='training.enrolment', verbose_name='学员')),
                    ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='training.lesson', verbose_name='课次')),
                ],
                options={
                    'verbose_name': '到课情况',
                    'verbose_name_plural': '到课情况',
                    'indexes': [
                        models.Index(fields=['enrolment'], include=('lesson', 'presence'), name='attendance_by_enrolment'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('lesson', 'enrolment'), name='attendance_once_per_lesson'),
                        models.CheckConstraint(condition=models.Q(('presence__in', ['present', 'late', 'excused', 'absent'])), name='attendance_presence_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Mark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('client_id', models.UUIDField(unique=True)),
                    ('presence', models.CharField(choices=[('present', '到'), ('late', '迟到'), ('excused', '请假'), ('absent', '缺')], max_length=8, verbose_name='到课')),
                    ('way', models.CharField(choices=[('qr', '扫码'), ('roll_call', '点名'), ('paper', '纸上签到'), ('online', '线上'), ('decision', '核对后定的')], max_length=10, verbose_name='方式')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='记下的时间')),
                    ('skew_seconds', models.IntegerField(default=0, verbose_name='手机时钟快慢（秒）')),
                    ('device', models.CharField(blank=True, max_length=64, verbose_name='设备')),
                    ('words', models.CharField(blank=True, max_length=120, verbose_name='说明')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='training.enrolment', verbose_name='学员')),
                    ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='training.lesson', verbose_name='课次')),
                    ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('sheet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='training.signinsheet', verbose_name='签到表')),
                ],
                options={
                    'verbose_name': '签到记录',
                    'verbose_name_plural': '签到记录',
                    'indexes': [
                        models.Index(fields=['lesson', 'enrolment'], name='mark_by_lesson'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('presence__in', ['present', 'late', 'excused', 'absent'])), name='mark_presence_is_known'),
                        models.CheckConstraint(condition=models.Q(('way__in', ['qr', 'roll_call', 'paper', 'online', 'decision'])), name='mark_way_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('way', 'decision'), _negated=True), models.Q(('noted_by__isnull', False), models.Q(('words', ''), _negated=True)), _connector='OR'), name='decision_has_a_reason'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='mark_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='92ae38710ba7c97923c4244fb756a281d9a5be8c', operation='UPDATE OR DELETE', pgid='pgtrigger_mark_append_only_cdcaa', table='training_mark', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Evidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('shop', '开了店'), ('live', '开了播'), ('sale', '出了单'), ('sustained', '持续经营'), ('employed', '就业'), ('linked', '被带动')], max_length=10, verbose_name='指标')),
                    ('on', models.DateField(verbose_name='日期')),
                    ('words', models.CharField(max_length=200, verbose_name='是什么')),
                    ('kept_at', livestream.models.encrypted.EncryptedTextField(blank=True, verbose_name='材料存放处')),
                    ('noted_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='training.enrolment', verbose_name='学员')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.photo', verbose_name='照片')),
                ],
                options={
                    'verbose_name': '转化材料',
                    'verbose_name_plural': '转化材料',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['shop', 'live', 'sale', 'sustained', 'employed', 'linked'])), name='evidence_kind_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Evidence', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id)] ELSE ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id), (SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'enrolment_id', 'kind', 'on', 'words', 'photo_id', 'noted_by_id', 'noted_at', 'withdrawn_at']::text[], ARRAY[]::text[], ARRAY['kept_at']::text[]); RETURN NULL;", hash='32832d60951180a562ef02f18abe122e242f8218', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_bd266', table='training_evidence', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Practical',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rubric_version', models.PositiveSmallIntegerField(default=1, verbose_name='评分表版本')),
                    ('marks', models.JSONField(verbose_name='各项得分')),
                    ('total', models.PositiveSmallIntegerField(verbose_name='总分')),
                    ('words', models.CharField(blank=True, max_length=300, verbose_name='评语')),
                    ('marked_at', models.DateTimeField(verbose_name='评分时间')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practicals', to='training.enrolment', verbose_name='学员')),
                    ('marked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评分人')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.livesession', verbose_name='场次')),
                ],
                options={
                    'verbose_name': '实操评分',
                    'verbose_name_plural': '实操评分',
                    'constraints': [
                        models.UniqueConstraint(fields=('enrolment', 'session', 'marked_by'), name='practical_once_per_marker'),
                        models.CheckConstraint(condition=models.Q(('total__lte', 100)), name='practical_of_a_hundred'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Practical', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id)] ELSE ARRAY[(SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = OLD.enrolment_id), (SELECT c.county_id FROM training_enrolment e JOIN training_cohort c ON c.id = e.cohort_id WHERE e.id = NEW.enrolment_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'enrolment_id', 'session_id', 'rubric_version', 'marks', 'total', 'words', 'marked_by_id', 'marked_at']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='01956b41e882e78772a17abc002eedc8ed23cc0f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_519aa', table='training_practical', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Quiz',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=60, verbose_name='小测验')),
                    ('pass_marks', models.PositiveSmallIntegerField(default=60, verbose_name='及格分')),
                    ('is_in_use', models.BooleanField(default=True, verbose_name='在用')),
                    ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quizzes', to='training.course', verbose_name='课程')),
                ],
                options={
                    'verbose_name': '小测验',
                    'verbose_name_plural': '小测验',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pass_marks__lte', 100)), name='quiz_can_be_passed'),
                        models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('course', 'title'), name='quiz_once_per_course'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Quiz', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT county_id FROM training_course WHERE id = NEW.course_id)] WHEN 'DELETE' THEN ARRAY[(SELECT county_id FROM training_course WHERE id = OLD.course_id)] ELSE ARRAY[(SELECT county_id FROM training_course WHERE id = OLD.course_id), (SELECT county_id FROM training_course WHERE id = NEW.course_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'course_id', 'title', 'pass_marks', 'is_in_use']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='f56479940bb93bae14242923ca42c74d3043ee1b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_cbdb6', table='training_quiz', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                    ('text', models.CharField(max_length=200, verbose_name='题目')),
                    ('choices', models.JSONField(verbose_name='选项')),
                    ('answers', models.JSONField(verbose_name='答案')),
                    ('quiz', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='training.quiz', verbose_name='小测验')),
                ],
                options={
                    'ordering': ['position'],
                    'verbose_name': '题目',
                    'verbose_name_plural': '题目',
                    'constraints': [
                        models.UniqueConstraint(fields=('quiz', 'position'), name='question_once_per_place'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.Question', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[(SELECT c.county_id FROM training_quiz q JOIN training_course c ON c.id = q.course_id WHERE q.id = NEW.quiz_id)] WHEN 'DELETE' THEN ARRAY[(SELECT c.county_id FROM training_quiz q JOIN training_course c ON c.id = q.course_id WHERE q.id = OLD.quiz_id)] ELSE ARRAY[(SELECT c.county_id FROM training_quiz q JOIN training_course c ON c.id = q.course_id WHERE q.id = OLD.quiz_id), (SELECT c.county_id FROM training_quiz q JOIN training_course c ON c.id = q.course_id WHERE q.id = NEW.quiz_id)] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'quiz_id', 'position', 'text', 'choices', 'answers']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='03b0e478b49a92aac43c2f893c04f97873cdb0e6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_c66a7', table='training_question', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='QuizTry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('client_id', models.UUIDField(unique=True)),
                    ('answers', models.JSONField(verbose_name='回答')),
                    ('marks', models.PositiveSmallIntegerField(verbose_name='得分')),
                    ('at', models.DateTimeField(verbose_name='交卷时间')),
                    ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quiz_tries', to='training.enrolment', verbose_name='学员')),
                    ('quiz', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tries', to='training.quiz', verbose_name='小测验')),
                ],
                options={
                    'verbose_name': '答题',
                    'verbose_name_plural': '答题',
                    'indexes': [
                        models.Index(fields=['enrolment', 'quiz'], name='quiz_try_by_person'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('marks__lte', 100)), name='quiz_marks_of_a_hundred'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='RubricLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                    ('key', models.SlugField(max_length=20, verbose_name='代号')),
                    ('title', models.CharField(max_length=60, verbose_name='看什么')),
                    ('points', models.PositiveSmallIntegerField(verbose_name='满分')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'ordering': ['version', 'position'],
                    'verbose_name': '评分项',
                    'verbose_name_plural': '评分项',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'version', 'key'), name='rubric_line_once_per_version'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.RubricLine', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'version', 'position', 'key', 'title', 'points']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='6c7635d666634c5b3a8093e4fafba0a7fde95c06', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_a265d', table='training_rubricline', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SchoolMonth',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first_on', models.DateField(verbose_name='月份')),
                    ('theme', models.CharField(blank=True, max_length=60, verbose_name='主题')),
                    ('planned_lessons', models.PositiveSmallIntegerField(default=0, verbose_name='计划课次')),
                    ('planned_people', models.PositiveSmallIntegerField(default=0, verbose_name='计划人数')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='livestream.place', verbose_name='县')),
                ],
                options={
                    'verbose_name': '学堂的一个月',
                    'verbose_name_plural': '学堂的一个月',
                    'constraints': [
                        models.UniqueConstraint(fields=('county', 'first_on'), name='school_month_once_per_county'),
                        models.CheckConstraint(condition=models.Q(('first_on__day', 1)), name='school_month_begins_on_the_first'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.SchoolMonth', COALESCE(NEW.id, OLD.id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['id', 'county_id', 'first_on', 'theme', 'planned_lessons', 'planned_people', 'note']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='89a444f61b773170b79c7dced2694402a2219744', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_bb818', table='training_schoolmonth', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SchoolRules',
                fields=[
                    ('county', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='school_rules', serialize=False, to='livestream.place', verbose_name='县')),
                    ('unit', models.CharField(choices=[('cohort', '一人一期算一人次'), ('day', '一人一天算一人次'), ('lesson', '一人一课算一人次')], default='cohort', max_length=8, verbose_name='人次怎么算')),
                    ('goal_people', models.PositiveIntegerField(default=10000, verbose_name='目标人数')),
                    ('goal_from_on', models.DateField(blank=True, null=True, verbose_name='从哪天算起')),
                    ('goal_years', models.PositiveSmallIntegerField(default=3, verbose_name='几年')),
                    ('attendance_percent', models.PositiveSmallIntegerField(default=80, verbose_name='出勤率至少（%）')),
                    ('qr_seconds', models.PositiveSmallIntegerField(default=30, verbose_name='签到码有效秒数')),
                    ('late_minutes', models.PositiveSmallIntegerField(default=10, verbose_name='开课几分钟后算迟到')),
                    ('small_cell', models.PositiveSmallIntegerField(default=5, verbose_name='少于几人不显示')),
                ],
                options={
                    'verbose_name': '学堂规则',
                    'verbose_name_plural': '学堂规则',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('unit__in', ['cohort', 'day', 'lesson'])), name='attendance_unit_is_known'),
                        models.CheckConstraint(condition=models.Q(('attendance_percent__lte', 100)), name='attendance_is_at_most_all'),
                        models.CheckConstraint(condition=models.Q(('goal_years__range', (1, 10))), name='school_goal_within_ten_years'),
                        models.CheckConstraint(condition=models.Q(('qr_seconds__range', (10, 300))), name='sign_in_code_changes'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='audit_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM audit_row_change('training.SchoolRules', COALESCE(NEW.county_id, OLD.county_id)::text, CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.county_id] WHEN 'DELETE' THEN ARRAY[OLD.county_id] ELSE ARRAY[OLD.county_id, NEW.county_id] END, to_jsonb(OLD), to_jsonb(NEW), ARRAY['county_id', 'unit', 'goal_people', 'goal_from_on', 'goal_years', 'attendance_percent', 'qr_seconds', 'late_minutes', 'small_cell']::text[], ARRAY[]::text[], ARRAY[]::text[]); RETURN NULL;", hash='6089337d6c3713c516800dabd4c26b9192567bec', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_rows_f947c', table='training_schoolrules', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DifferentPeople',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('noted_at', models.DateTimeField(auto_now_add=True, verbose_name='记下的时间')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁记的')),
                    ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='training.trainee', verbose_name='学员')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='training.trainee', verbose_name='另一位学员')),
                ],
                options={
                    'verbose_name': '不是同一个人',
                    'verbose_name_plural': '不是同一个人',
                    'constraints': [
                        models.UniqueConstraint(fields=('one', 'other'), name='different_people_once'),
                        models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='different_people_in_order'),
                    ],
                },
            ),
        ]),
    ]
