from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0004_timetable'),
    ]

    operations = [
        migrations.AddField(
            model_name='studyentry',
            name='minute_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='哪一分钟'),
        ),
        migrations.AddConstraint(
            model_name='studyentry',
            constraint=models.UniqueConstraint(fields=('enrolment', 'minute_at'), name='study_minute_once'),
        ),
        migrations.AddConstraint(
            model_name='studyentry',
            constraint=models.CheckConstraint(condition=models.Q(('minute_at', None), ('minutes', 1), _connector='OR'), name='phone_tells_a_minute_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='quiz',
            constraint=models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('course', 'title'), name='quiz_once_per_course'),
        ),
    ]
