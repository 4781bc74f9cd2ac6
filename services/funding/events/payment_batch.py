"""What happens to payment batches and to the calendar."""

from __future__ import annotations

from datetime import date

from services.funding.events.values import PaymentLine
from shared.kernel.messages import Event


class PaymentBatchPrepared(Event, type="funding.payment_batch_prepared", stream="batch-{batch_id}"):
    """Somebody put payments together, to be paid on a day once somebody else has approved them."""

    batch_id: str
    lines: tuple[PaymentLine, ...]
    total_oere: int
    prepared_by: str
    effective_on: date


class PaymentBatchApproved(Event, type="funding.payment_batch_approved", stream="batch-{batch_id}"):
    """A second person approved the batch; each payment was ordered in the same moment."""

    batch_id: str
    approved_by: str
    total_oere: int
    effective_on: date


class PaymentBatchCancelled(Event, type="funding.payment_batch_cancelled", stream="batch-{batch_id}"):
    """A prepared batch was given up; none of it is paid."""

    batch_id: str
    reason: str
    effective_on: date


class DayReached(Event, type="funding.day_reached", stream="calendar-{calendar}"):
    """The fund's calendar came to a day; the deadlines before it have passed."""

    calendar: str
    day: date
    effective_on: date
