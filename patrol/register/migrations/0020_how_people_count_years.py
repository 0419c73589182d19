from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0019_what_others_clocks_say_and_what_programs_may_ask'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='counts_republic',
            field=models.BooleanField(default=False),
        ),
    ]
