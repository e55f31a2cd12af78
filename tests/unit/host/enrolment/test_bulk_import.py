"""What an import will do: new, there, clashing, double; and names that are given."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticktap.enrolment import backup, bulk_import
from ticktap.errors import TicktapError
from ticktap.otp.account import Account, Listed

SECRETS = [bytes([number]) * 20 for number in range(4)]
ALICE = Account("Example", "alice", SECRETS[0])
OTHER = replace(ALICE, secret=SECRETS[1])


def listed(accounts):
    """The accounts as a token lists them, in order."""
    names = ("issuer", "name", "type", "algorithm", "digits", "period", "counter", "suffix")
    return [
        Listed(id=at, default=at == 1, **{name: getattr(each, name) for name in names})
        for at, each in enumerate(accounts, start=1)
    ]


def test_new_accounts_are_added_in_order():
    accounts = [replace(ALICE, name=name) for name in "cab"]
    assert bulk_import.plan(accounts, []) == bulk_import.Plan(add=accounts)


def test_what_is_there_by_name_and_parameters_is_left():
    plan = bulk_import.plan([ALICE], listed([ALICE]))
    assert (plan.add, plan.already_present) == ([], [ALICE])
    assert bulk_import.plan([ALICE], listed([replace(ALICE, suffix="tab")])).already_present == [ALICE]


def test_a_counter_that_went_on_is_the_same_account():
    hotp = Account("E", "h", SECRETS[0], type="hotp", counter=3)
    assert bulk_import.plan([hotp], listed([replace(hotp, counter=90)])).already_present == [hotp]


def test_the_same_account_twice_is_taken_once_with_the_higher_counter():
    hotp = Account("E", "h", SECRETS[0], type="hotp", counter=3)
    plan = bulk_import.plan([hotp, replace(hotp, counter=7)], [])
    assert ([each.counter for each in plan.add], plan.duplicates) == ([7], ["E:h"])


@pytest.mark.parametrize("there", [[], [replace(ALICE, digits=8)]])
def test_another_account_of_the_name_is_a_clash_or_gets_another(there):
    accounts = [ALICE, OTHER]
    plan = bulk_import.plan(accounts, listed(there))
    assert plan.conflicts == accounts[1 - len(there) :]
    renamed = bulk_import.plan(accounts, listed(there), rename=True)
    names = ["alice", "alice (2)", "alice (3)"]
    assert [each.name for each in renamed.add] == names[len(there) : len(there) + 2]


def test_a_long_name_leaves_room_for_its_number():
    long = Account("E", "é" * 32, SECRETS[0])
    plan = bulk_import.plan([long, replace(long, secret=SECRETS[1])], [], rename=True)
    assert plan.add[1].name == "é" * 30 + " (2)"


ACCOUNTS = st.lists(
    st.builds(
        Account,
        issuer=st.sampled_from(["", "E"]),
        name=st.sampled_from(["a", "b", "a (2)"]),
        secret=st.sampled_from(SECRETS),
        digits=st.sampled_from([6, 8]),
    ),
    max_size=8,
)


@given(ACCOUNTS, ACCOUNTS, st.integers(0, 8))
@settings(deadline=None)
def test_an_import_cut_off_anywhere_goes_on_without_doubles(before, accounts, cut):
    """As long as names on the token are told apart, which an import sees to."""
    before = list({(each.issuer, each.name): each for each in before}.values())
    whole = bulk_import.plan(accounts, listed(before), rename=True)
    after = [*before, *whole.add]
    partly = [*before, *whole.add[:cut]]
    rest = bulk_import.plan(accounts, listed(partly), rename=True)
    assert len({(each.issuer, each.name) for each in after}) == len(after)
    assert [backup.shape(each) for each in [*partly, *rest.add]] == [backup.shape(each) for each in after]


def test_what_failed_says_how_far_it_came():
    class Token:
        count = 0

        def add(self, params):
            self.count += 1
            if self.count == 3:
                raise TicktapError("the token is full", "Compact it.")
            return self.count

    steps = []
    with pytest.raises(TicktapError) as caught:
        bulk_import.put(Token(), [ALICE] * 5, steps.append)
    assert caught.value.message == "the token is full; 2 of 5 accounts were added"
    assert caught.value.remedy == "Compact it. Then repeat the command: it continues where it stopped."
    assert steps == [1, 1]


def test_merging_backups_counts_each_account_once():
    hotp = Account("E", "h", SECRETS[0], type="hotp", counter=9)
    old = [ALICE, hotp]
    assert backup.merged(old, [OTHER, replace(hotp, counter=4)]) == [ALICE, hotp, OTHER]
