"""Several people press at the same instant: one act counts, the others are told, and one draft is begun."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from scoring.models import CriteriaDraft
from scoring.services.criteria_drafts import annex_in, change_draft, start_from_set, take_over
from scoring.services.criteria_import import import_set
from scoring.services.criteria_shape import BELOW, add
from scoring.services.errors import Conflict, StaleEdit
from tests.factories import CampaignFactory, OrganiserFactory, person
from tests.racing import at_once
from tests.scoring.criteria.annexes import annex
from units.enums import Role
from units.trail import verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_draft_is_begun_one_act_counts_and_one_takes_over() -> None:
    campaign = CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)
    by = person(Role.COORDINATOR, campaign.organiser)
    stored = import_set(campaign, annex(), by=None, seen=None)

    begun = at_once([partial(start_from_set, stored, by=by)] * 4)
    assert Counter(type(one) for one in begun) == {CriteriaDraft: 1, Conflict: 3}

    draft = CriteriaDraft.objects.select_related("campaign__organiser").get()
    top = annex_in(draft).nodes[0].permanent_id
    acts = at_once([partial(change_draft, draft, partial(add, where=BELOW, target=top), seen=1, by=by)] * 4)
    assert Counter(isinstance(one, StaleEdit) for one in acts) == {False: 1, True: 3}
    assert CriteriaDraft.objects.get().version == 2
    assert draft.steps.count() == 1

    CriteriaDraft.objects.update(annex=draft.annex)
    campaign.refresh_from_db()
    taken = at_once([partial(take_over, draft, seen=2, campaign_seen=campaign.version, by=by)] * 4)
    assert Counter(isinstance(one, StaleEdit) for one in taken) == {False: 1, True: 3}
    assert not CriteriaDraft.objects.exists()
    assert verify() == []
