"""Has Twilio's own Python package sign calls: one JSON object a line in, one signature a line out."""

import json
import sys

from twilio.request_validator import RequestValidator, compare


class Parameters(dict):
    """Names with all their values, as web frameworks hand them over."""

    def getlist(self, name):
        return self[name]


for line in sys.stdin:
    call = json.loads(line)
    signature = RequestValidator(call["token"]).compute_signature(call["url"], Parameters(call["params"]), call["algorithm"])
    assert compare(signature, signature)
    print(signature, flush=True)
