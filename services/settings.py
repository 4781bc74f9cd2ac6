"""Where the services run: read from the environment, and refused with the variable's name when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from shared.kernel.messages import RequestPart
from shared.kernel.rejection import Rejected

PREFIX = "VIRKSOM_"
SERVICES = ("funding", "trials", "som", "reporting")


class Settings(RequestPart):
    """`VIRKSOM_AMQP_URI`, `VIRKSOM_DATABASE_URI` (with `{service}` where the service's name goes), `VIRKSOM_HTTP_HOST`
    and `VIRKSOM_HTTP_PORT`: the web page's port, with the services' status pages on the four that follow; and
    `VIRKSOM_CLOCK`: `wall`, or `commanded` when the day is only what a command says it is."""

    amqp_uri: str = "embedded://virksom/"
    database_uri: str = "sqlite:///var/{service}.db"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=1, le=65_000)] = 8100
    clock: Literal["wall", "commanded"] = "wall"

    @field_validator("amqp_uri")
    @classmethod
    def _broker(cls, value: str) -> str:
        if not value.startswith(("amqp://", "amqps://", "embedded://")):
            raise ValueError("must begin with amqp://, amqps:// or embedded://")
        return value

    @field_validator("database_uri")
    @classmethod
    def _database(cls, value: str) -> str:
        if "{service}" not in value or not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("must begin with sqlite:/// or postgresql:// and contain {service}")
        return value

    @property
    def databases(self) -> dict[str, str]:
        """Each service's database."""
        return {service: self.database_uri.replace("{service}", service) for service in SERVICES}

    @property
    def status_ports(self) -> dict[str, int]:
        """Each service's port for /metrics and /health."""
        return {service: self.http_port + place for place, service in enumerate(SERVICES, 1)}

    def config(self) -> dict[str, Any]:
        """What the services' containers are configured with, apart from nameko's own."""
        status = {"STATUS_HOST": self.http_host, "STATUS_PORTS": self.status_ports}
        return {"DATABASES": self.databases, "CLOCK": self.clock == "wall", **status}


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment spells. Raises Rejected CONFIG_INVALID, naming each variable that is wrong;
    values are not repeated, they may hold passwords."""
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")
    }
    try:
        return Settings.model_validate_strings(values)
    except ValidationError as error:
        wrong = [
            {"field": f"{PREFIX}{str(item['loc'][0]).upper()}", "rule": item["type"], "message": item["msg"]}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        names = ", ".join(item["field"] for item in wrong)
        raise Rejected("CONFIG_INVALID", f"The environment is not right; look at: {names}.", wrong) from None
