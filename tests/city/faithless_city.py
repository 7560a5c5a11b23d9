"""
A nursery of cities that each break one promise, to see that a test would notice.

``config["faithless"]`` names the class below that takes the place of its base.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from idaudit.fixtures.city.badges import Actor, Badges
from idaudit.fixtures.city.benefits import Benefits
from idaudit.fixtures.city.city import City
from idaudit.fixtures.city.conduct_tables import Proposal
from idaudit.fixtures.city.config import Official
from idaudit.fixtures.city.consents import Consents
from idaudit.fixtures.city.grant_forms import BenefitPaper, ConsentPaper
from idaudit.fixtures.city.grants import Grants
from idaudit.fixtures.city.nursery import nursery
from idaudit.fixtures.city.records_request_forms import RecordsRequestForm, StatisticTold
from idaudit.fixtures.city.recordsdesk import RecordsDesk
from idaudit.fixtures.city.search import Search
from idaudit.fixtures.city.settings import Settings
from idaudit.fixtures.city.staffing import Staffing
from idaudit.fixtures.city.statistics import Statistics
from idaudit.fixtures.city.suppression import Cell, Roll


class CountsLogins(Settings):
    """Two logins of one human are two humans here."""

    def is_same_human(self, row: Proposal, actor: Actor) -> bool:
        """Compare what is never equal."""
        return row.proposed_by == actor.login


class HoldsAtOnce(Settings):
    """A change holds as soon as it is approved."""

    def delay(self) -> timedelta:
        """Wait for nobody."""
        return timedelta()


class PublishesLate(Settings):
    """A change is shown once it holds."""

    def proposals(self) -> list[Proposal]:
        """Leave out what is in the making."""
        return [row for row in super().proposals() if row.state == "in-force"]


class MovesTheDate(Settings):
    """The kill switch's date can be put off like any other setting."""

    def breaks_the_kill(self, name: str, value: Any) -> bool:  # noqa: ANN401  as its base
        """See nothing wrong."""
        del name, value
        return False


class TellsSmallNumbers(Statistics):
    """A number is a number, however small."""

    def least(self) -> int:
        """Hold nothing back."""
        return 1


class LeavesTheRest(Statistics):
    """Small numbers are held back one by one, and what is left over tells them."""

    def withheld(self, roll: Roll, numbers: dict[Cell, int], ever: set[Cell]) -> set[Cell]:
        """Hold nothing back besides."""
        del roll, numbers, ever
        return set()


class TellsEveryMove(Statistics):
    """Each quarter's table is fresh, so that two of them laid side by side tell who came."""

    def moved_enough(self, before: int, now: int) -> bool:
        """Count one as a difference."""
        return before != now


class LooksThemUp(RecordsDesk):
    """A request that names a cardholder is answered with a table to redact."""

    def statistics(self, form: RecordsRequestForm) -> list[StatisticTold]:
        """Search the roster for the words of the request."""
        rows = self._city.statistics.counted()
        names = [self._city.registry.content(row)["surname"] for row in rows]
        if any(name in form.text for name in names):
            form = form.model_copy(update={"about": "city"})
        return super().statistics(form)


class TakesAnyRecipient(Consents):
    """Whoever brings a consent is taken for the one it names."""

    def is_recipient(self, said: dict[str, Any], paper: ConsentPaper) -> bool:
        """Compare nothing."""
        del said, paper
        return True


class SendsTheFile(Consents):
    """A consent is taken for the whole file."""

    def fields(self, said: dict[str, Any]) -> list[str]:
        """Add what is usually wanted as well."""
        return [*said["fields"], "street", "phone"]


class NeverUsesUp(Consents):
    """A consent for once is good for as long as it lies there."""

    def is_for_once(self, said: dict[str, Any]) -> bool:
        """Keep it."""
        del said
        return False


class KeepsConsents(Grants):
    """What was allowed outlives the record, for the statistics."""

    def end_of_record(self, record: str) -> None:
        """Keep it."""
        del record


class ServesAgenciesAlike(Benefits):
    """City agencies are one city."""

    def asks_for_itself(self, said: dict[str, Any], paper: BenefitPaper) -> bool:
        """Ask nobody for whom they ask."""
        del said, paper
        return True


class AsksForNoCondition(Benefits):
    """That an agency passes nothing on goes without saying."""

    def accepts_the_condition(self, paper: BenefitPaper) -> bool:
        """Take it as read."""
        del paper
        return True


class NeedsNoCase(Search):
    """Whoever signs in has a reason to look, surely."""

    def is_under_way(self, case: str, actor: Actor) -> bool:
        """Take any number for a case."""
        del case, actor
        return True


class CountsNoLooks(Search):
    """Looking costs nothing, so it is not counted."""

    def limits(self) -> dict[int, int]:
        """Set none."""
        return {}


class LetsLeaversIn(Staffing):
    """The staff list is brought up to date each quarter."""

    def works_here(self, official: Official) -> bool:
        """Go by the list."""
        del official
        return True


class KeepsLeaversApprovals(Staffing):
    """An approval was right when it was given."""

    def void_approvals(self, person: str) -> None:
        """Let it stand."""
        del person


class ShowsEverythingUnderDuress(Badges):
    """The key that says "I am forced to" raises the alarm, and opens the files as well."""

    def must_be_free(self, actor: Actor) -> None:
        """Show them what they want, so that nobody is hurt."""
        del actor


def build(config: Mapping[str, Any]) -> City:
    """Build the city whose one fault *config* names."""
    fault: type = globals()[config["faithless"]]
    return City(config, replace={fault.__bases__[0]: fault})


if __name__ == "__main__":
    nursery(build)
