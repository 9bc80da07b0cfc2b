"""A spare form: a blank agreement with a number of its own, filled in by hand, until it is a loan's."""

from dataclasses import dataclass

from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_


class UnknownForm(Refusal):
    """No number was reserved for the form."""

    sentence = N_("No blank agreement has the number {form}.")
    way_out = N_("Was it printed in another base? Lend without it, and print this loan's own agreement.")


class FormUsed(Refusal):
    """The form is a loan's already."""

    sentence = N_("The blank agreement {form} is already that of loan {loan}.")
    way_out = N_("Take another one.")


class OtherCampaignsForm(Refusal):
    """The form was reserved in another campaign."""

    sentence = N_("The blank agreement {form} was printed for the campaign “{campaign}”.")
    way_out = N_("Choose that campaign, or take a form of this one.")


class FormUnused(Refusal):
    """The form is nobody's yet, so that nothing can be returned with it."""

    sentence = N_("The blank agreement {form} is of no loan yet.")


@dataclass(frozen=True, slots=True)
class FoundForm:
    """A blank agreement as an act needs it; `loan` is the number of the loan that it became, or None."""

    id: int
    code: str
    campaign: str
    loan: str | None = None


def why_not_form(form: FoundForm, campaign: str | None) -> Refusal | None:
    """Return why a form is not taken for a loan of this campaign (None for any), or None."""
    if form.loan is not None:
        return FormUsed(form=form.code, loan=form.loan)
    if campaign not in (None, form.campaign):
        return OtherCampaignsForm(form=form.code, campaign=form.campaign)
    return None
