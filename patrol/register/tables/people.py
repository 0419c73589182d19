"""Units and the people in them."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from patrol.models import Role
from patrol.register.tables.choices import word


class Unit(models.Model):
    """A police unit: owns sources, leads and cases."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Finds people by account."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(account=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. One role each: duties that exclude each other are never in one hand."""

    account = models.CharField(max_length=64, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="people")
    role = word(Role)
    language = models.CharField(max_length=10, default="zh-hant")
    counts_republic = models.BooleanField(default=False)
    """Pages show years of the Republic (民國) instead of the common era."""
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """Another account of the same human being: the two together are one pair of eyes."""
    is_active = models.BooleanField(default=True)
    """False while an auditor's word is waited for, and when closed."""
    closed_at = models.DateTimeField(null=True)
    """When the account was closed; what was done under it stays."""
    care = models.JSONField(default=dict)
    """How they want to be spared: their own affair, shown to nobody else."""
    added_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = People()

    def __str__(self) -> str:
        return self.account


class Vouching(models.Model):
    """What an administrator asked for and another auditor answers: an auditor made, changed, shut out or let in again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    """`auditor`: let this account in; `factor`: remove its second factor; `close`, `reopen`, `role`."""
    role = word(Role, null=True)
    """Which one, where that is asked for."""
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    """None where the machine's operator asked."""
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)


class SignInLink(models.Model):
    """A link that signs one person in, once, before it expires. Only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """What lets a program ask in somebody's name, for so long and no more than it was made for. Only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    """What it may ask, `inbox:count`; never more than its person may."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    """When it was last used, to the hour."""
    revoked_at = models.DateTimeField(null=True)
