"""What goes wrong, as the services say it."""


class ApiError(Exception):
    """An error of a service: HTTP status, code, and one message or more."""

    def __init__(self, status, code, *messages):
        super().__init__(code, *messages)
        self.status, self.code, self.messages = status, code, list(messages)


def invalid_batch(messages):
    """The error of a batch of which not one change was made."""
    return ApiError(400, "InvalidChangeBatch", *messages)


def invalid_input(message):
    """The error of a request that does not follow the API."""
    return ApiError(400, "InvalidInput", message)
