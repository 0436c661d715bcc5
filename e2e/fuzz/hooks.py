"""What a fuzzer's requests leave out, and what no answer may be."""

import schemathesis

# What the gateway and the agents say of a defect of theirs, and what a stack trace looks like.
DEFECTS = ("Internal error", "Exception", "\tat ", "NullPointer", "io.steppe.", "io.grpc", "java.")


@schemathesis.hook
def map_query(context, query):
    """Nothing waits: a client that asks to is answered late, rightly."""
    query = dict(query or {})
    for name, value in (("wait", "10ms"), ("seconds", "1"), ("follow", "false")):
        if name in query:
            query[name] = value
    return query


@schemathesis.check
def answers_are_clear(context, response, case):
    """An error says what is wrong, with a status that the route is known to answer with."""
    text = response.content.decode("utf-8", "replace")
    if response.status_code < 400:
        return
    for defect in DEFECTS:
        assert defect not in text, f"{response.status_code}: {text[:300]}"
    if response.status_code >= 500:
        known = case.operation.definition.raw.get("responses", {})
        assert str(response.status_code) in known, f"{response.status_code} is not described: {text[:300]}"
        assert text.strip(), f"{response.status_code} without a text"
