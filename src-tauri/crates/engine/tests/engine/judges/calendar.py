"""Reads a calendar from stdin as others do, and prints what is in it."""

import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
events = []
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    alarms = event.walk("VALARM")
    assert all(alarm["action"] == "DISPLAY" and alarm["description"] for alarm in alarms)
    events.append(
        {
            "uid": str(event["uid"]),
            "start": event.decoded("dtstart").isoformat(),
            "summary": str(event["summary"]),
            "description": str(event["description"]),
            "days": [-alarm.decoded("trigger").days for alarm in alarms],
        }
    )
print(json.dumps({"version": calendar["version"], "events": events}))
