"""What a term may ask of a thing that is read in a text: how much it is, how old, of what kind, whose."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from patrol.models.base import Model


class Currency(StrEnum):
    """ISO 4217 codes of the money that prices are read in, and USDT."""

    TWD = "TWD"
    USD = "USD"
    HKD = "HKD"
    CNY = "CNY"
    JPY = "JPY"
    EUR = "EUR"
    GBP = "GBP"
    KRW = "KRW"
    USDT = "USDT"
    SGD = "SGD"
    AUD = "AUD"
    NZD = "NZD"
    CAD = "CAD"
    CHF = "CHF"
    DKK = "DKK"
    SEK = "SEK"
    NOK = "NOK"
    AED = "AED"
    THB = "THB"
    MYR = "MYR"
    PHP = "PHP"
    VND = "VND"
    INR = "INR"
    TRY = "TRY"
    RON = "RON"
    CZK = "CZK"
    HUF = "HUF"
    PLN = "PLN"
    RUB = "RUB"
    UAH = "UAH"
    BRL = "BRL"
    MXN = "MXN"
    IDR = "IDR"
    SAR = "SAR"
    ILS = "ILS"
    MOP = "MOP"
    NGN = "NGN"
    CRC = "CRC"
    PYG = "PYG"
    KZT = "KZT"
    AZN = "AZN"
    GEL = "GEL"
    KHR = "KHR"
    LAK = "LAK"
    BDT = "BDT"
    BGN = "BGN"
    IRR = "IRR"


class Bounds(Model):
    """From and up to, both included; what is left out is not asked."""

    at_least: int | None = Field(default=None, ge=0, lt=10**12)
    """A whole number: the least that counts."""
    at_most: int | None = Field(default=None, ge=0, lt=10**12)
    """A whole number: the most that counts."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"nothing is at least {self.at_least} and at most {self.at_most}")
        return self

    @property
    def bare(self) -> bool:
        """Whether nothing is asked."""
        return not self.model_dump(exclude_defaults=True)

    def holds(self, least: Any, most: Any = None) -> bool:
        """Whether a number, or some number of a range, lies within."""
        most = least if most is None else most
        return (self.at_most is None or least <= self.at_most) and (
            self.at_least is None or most >= self.at_least
        )

    @property
    def said(self) -> str:
        """`from 500 to 5000`, `from 18`, `up to 17`; empty if nothing is asked."""
        least = "" if self.at_least is None else f"from {self.at_least}"
        most = "" if self.at_most is None else f"{'to' if least else 'up to'} {self.at_most}"
        return f"{least} {most}".strip()


class PriceBounds(Bounds):
    """How much money, in one currency; without bounds any price in any."""

    currency: Currency = Currency.TWD

    @property
    def said(self) -> str:
        return "" if self.bare else f"{super().said} {self.currency}".strip()


class NumberBounds(Bounds):
    """How many, of what."""

    of: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Words of which one follows the number: 顆, pcs. None is a number of anything."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.bare:
            said = "a number alone is in every text; ask for `at_least`, `at_most` or `of`"
            raise PydanticCustomError("unbounded", said)
        return self

    @property
    def said(self) -> str:
        what = f"of {' or '.join(self.of)}" if self.of else ""
        return f"{super().said} {what}".strip()


def _plain(asked: Any) -> Any:
    """`true` asks for nothing more; `false` is as if it were not there."""
    word = asked.lower() if isinstance(asked, str) else asked
    return (
        {} if word in (True, "true", "yes") else None if word in (False, "false", "no") else asked
    )


def _as_written(asked: Bounds | None) -> Any:
    """As rules have said it since they say `price: true`, so that a rule that asks for no more is the same words."""
    if asked is None:
        return False
    return True if asked.bare else asked.model_dump(mode="json", exclude_defaults=True)


_ANY = (BeforeValidator(_plain), PlainSerializer(_as_written))
PriceAsked = Annotated[PriceBounds | None, *_ANY]
"""`price: true`, or `price: {at_least: 500, at_most: 5000, currency: TWD}`."""
AgeAsked = Annotated[Bounds | None, *_ANY]
"""`age: true`, or `age: {at_most: 17}`, in years."""
NumberAsked = Annotated[NumberBounds | None, PlainSerializer(_as_written)]
"""`number: {at_least: 20, of: [顆, 粒]}`."""
