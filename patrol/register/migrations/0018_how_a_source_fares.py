from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0017_what_officers_note_on_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='sourcerow',
            name='health',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='sourcerow',
            name='learned_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='runrow',
            name='rows',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='runrow',
            name='page_rows',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='runrow',
            name='overran',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='runrow',
            name='lost_posts',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
