"""What a fuzzer's requests leave out, and what no answer may be."""

import copy
import functools
import json
import os
import urllib.error
import urllib.parse
import urllib.request

import jsonschema_rs
import schemathesis

# What the gateway and the agents say of a defect of theirs, and what a stack trace looks like.
DEFECTS = ("Internal error", "Exception", "\tat ", "NullPointer", "io.steppe.", "io.grpc", "java.")

NOBODY = "00000000-0000-0000-0000-000000000000"

# What asking by a method that a route does not have may be answered with.
WRONG_METHOD = (404, 405, 501)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """What goes on, whatever is asked, has no end to wait for: StreamFuzz asks it, and hangs up."""
    for path in raw_schema.get("paths", {}).values():
        for method, operation in list(path.items()):
            if operation.get("x-endless") and "follow" not in names(operation):
                del path[method]


def names(operation):
    return [parameter["name"] for parameter in operation.get("parameters", [])]


@schemathesis.hook
def map_query(context, query):
    """Nothing waits: a client that asks to is answered late, rightly."""
    query = dict(query or {})
    for name, value in (("wait", "10ms"), ("seconds", "1"), ("follow", "false")):
        if name in query:
            query[name] = value
    if "index" in query:
        query["wait"] = "10ms"
    return query


@schemathesis.hook
def before_call(context, case, kwargs):
    """Who asks stays who they are: the ids of their own token are as random as any."""
    for name, value in (case.path_parameters or {}).items():
        if value == own_token():
            case.path_parameters[name] = NOBODY
    if isinstance(case.body, dict) and case.body.get("AccessorID") == own_token():
        case.body["AccessorID"] = NOBODY


@functools.cache
def own_token():
    url = os.environ["STEPPE_FUZZ_ADDRESS"] + "/v1/acl/token/self"
    request = urllib.request.Request(url, headers={"X-Nomad-Token": os.environ["STEPPE_FUZZ_TOKEN"]})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["AccessorID"]
    except urllib.error.HTTPError:
        return "none"


@schemathesis.check
def answers_are_clear(context, response, case):
    """An error says what is wrong, with a status that the route is known to answer with."""
    text = response.content.decode("utf-8", "replace")
    status = response.status_code
    if status < 400:
        return
    asked = sent(response.request)
    for defect in DEFECTS:
        assert defect not in text or defect in asked, f"{status}: {text[:300]}"
    if case.method.upper() != case.operation.method.upper() and status in WRONG_METHOD:
        return
    assert str(status) in responses(case), f"{status} is not described: {text[:300]}"
    if status >= 500:
        assert text.strip(), f"{status} without a text"


@schemathesis.check
def answers_are_as_described(context, response, case):
    """A document has the keys and types that are described, and no other."""
    described = responses(case).get(str(response.status_code), {}).get("content", {})
    schema = described.get("application/json", {}).get("schema")
    if not 200 <= response.status_code < 300 or schema is None or schema.get("type") == "string":
        return
    try:
        document = json.loads(response.content)
    except ValueError as e:
        raise AssertionError(f"no JSON, {e}: {response.content[:300]}") from None
    validator = strict(json.dumps(schema), Document(case.operation.schema.raw_schema))
    wrong = [f"{e.instance_path}: {e.message}" for e in validator.iter_errors(document)]
    assert not wrong, "; ".join(wrong)[:600]


def sent(request):
    """What may rightly stand in an answer, since the client said it."""
    body = request.body or ""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    return urllib.parse.unquote_plus(request.url) + str(body)


def responses(case):
    return case.operation.definition.raw.get("responses", {})


class Document:
    """The description; there is one a run."""

    def __init__(self, raw):
        self.raw = raw

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return True


@functools.cache
def closed(description):
    """All that is described by name, with no other keys than those that are told of."""
    components = copy.deepcopy(description.raw["components"]["schemas"])
    for schema in components.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return components


@functools.cache
def strict(schema, description):
    whole = {**json.loads(schema), "components": {"schemas": closed(description)}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
