import pytest

from analysis.rules import Rules, RulesError


def test_rules__faults__all_listed() -> None:
    with pytest.raises(RulesError) as error:
        Rules(
            confidence_level=95,
            false_discovery_rate=0,
            target=90,
            bounds=(0.8, 0.65, 0.9),
            prior_df=0,
            frame="all",  # type: ignore[arg-type]
        )
    lines = str(error.value).splitlines()
    for name in ("confidence_level", "false_discovery_rate", "target", "bounds", "prior_df", "frame"):
        assert sum(line.startswith(f"{name} ") for line in lines) == 1
    assert len(lines) == 6


def test_rules__no_target__is_none() -> None:
    assert Rules().target is None
    assert Rules().minimum.responses == 30
