"""What extensions tell rooms above them."""

from django.dispatch import Signal

#: Devices lost their secret or are about to be deleted: `registrations` must end with the transaction that is open.
registrations_void = Signal()
