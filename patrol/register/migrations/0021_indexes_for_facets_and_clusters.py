from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0020_how_people_count_years'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['unit', 'status', '-sightings_count', '-id'], name='lead_by_sightings'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['unit', 'status', 'category', 'source', 'kind'], name='lead_facets'),
        ),
    ]
