// Has Twilio's own Node package sign calls: one JSON object a line in, one signature a line out.
"use strict";
const twilio = require(process.argv[2]);

const lines = require("fs").readFileSync(0, "utf8").split("\n").filter((line) => line);
for (const line of lines) {
  const call = JSON.parse(line);
  console.log(twilio.getExpectedTwilioSignature(call.token, call.url, call.params, call.algorithm));
}
