"""The counts beside the queue's filters are read from one index; with severities its leads' scores are in it too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0030_when_accounts_are_closed")]

    operations = [
        migrations.RemoveIndex(model_name="lead", name="lead_facets"),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                name="lead_facets",
                fields=["unit", "status", "category", "source", "kind", "score"],
            ),
        ),
    ]
