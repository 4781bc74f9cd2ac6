"""Settings: a wrong environment is refused by the variable's name, and its values are never repeated."""

from __future__ import annotations

import pytest

from services.settings import SERVICES, from_environment
from shared.kernel.rejection import Rejected

SECRET = "s3cret"


def test_an_empty_environment_runs_on_the_embedded_default() -> None:
    found = from_environment({})
    assert found.amqp_uri.startswith("embedded://")
    assert found.databases == {service: f"sqlite:///var/{service}.db" for service in SERVICES}


def test_each_service_has_its_own_database_and_port() -> None:
    found = from_environment(
        {
            "VIRKSOM_DATABASE_URI": "postgresql://u@h/virksom_{service}",
            "VIRKSOM_HTTP_PORT": "9000",
            "VIRKSOM_HTTP_HOST": "0.0.0.0",
            "VIRKSOM_AMQP_URI": "amqps://u@h/",
        }
    )
    assert found.databases["som"] == "postgresql://u@h/virksom_som"
    assert sorted(found.status_ports.values()) == [9001, 9002, 9003, 9004]
    assert found.config()["STATUS_HOST"] == "0.0.0.0"


def test_variables_that_are_not_ours_are_none_of_our_business() -> None:
    others = {"HOME": "/", "AMQP_URI": "x", "virksom_amqp_uri": "x", "VIRKSOM_TEST_AMQP_URI": "x"}
    assert from_environment(others) == from_environment({})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VIRKSOM_AMQP_URL", f"amqp://u:{SECRET}@h/"),
        ("VIRKSOM_", SECRET),
        ("VIRKSOM_AMQP_URI", f"http://u:{SECRET}@h/"),
        ("VIRKSOM_AMQP_URI", f"redis://{SECRET}"),
        ("VIRKSOM_AMQP_URI", ""),
        ("VIRKSOM_AMQP_URI", f" amqp://u:{SECRET}@h/"),
        ("VIRKSOM_DATABASE_URI", f"postgresql://u:{SECRET}@h/virksom"),
        ("VIRKSOM_DATABASE_URI", f"mysql://u:{SECRET}@h/{{service}}"),
        ("VIRKSOM_DATABASE_URI", f"sqlite://{SECRET}{{service}}"),
        ("VIRKSOM_DATABASE_URI", ""),
        ("VIRKSOM_HTTP_PORT", "0"),
        ("VIRKSOM_HTTP_PORT", "-1"),
        ("VIRKSOM_HTTP_PORT", "65001"),
        ("VIRKSOM_HTTP_PORT", "99999999999999999999999"),
        ("VIRKSOM_HTTP_PORT", SECRET),
        ("VIRKSOM_HTTP_PORT", ""),
        ("VIRKSOM_HTTP_PORT", "80.5"),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name_without_its_value(variable: str, value: str) -> None:
    with pytest.raises(Rejected) as refused:
        from_environment({variable: value})
    assert refused.value.code == "CONFIG_INVALID"
    assert [field["field"] for field in refused.value.fields] == [variable]
    assert variable in refused.value.message
    assert SECRET not in str(refused.value.as_data())


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(Rejected) as refused:
        from_environment({"VIRKSOM_HTTP_PORT": "x", "VIRKSOM_AMQP_URI": "x", "VIRKSOM_COLOUR": "x"})
    named = {field["field"] for field in refused.value.fields}
    assert named == {"VIRKSOM_HTTP_PORT", "VIRKSOM_AMQP_URI", "VIRKSOM_COLOUR"}
