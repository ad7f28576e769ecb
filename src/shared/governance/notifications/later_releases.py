"""What a later release left behind when it was taken back, and when this one looks at it again."""

from shared.record.eventstore.unread import EventUnread

LOOK_AGAIN_SECONDS = 300.0  # as a rule that release must come back first

# An event in a shape that this release can't read, or a kind or a type that only a later one knows.
OF_A_LATER_RELEASE = (EventUnread, KeyError, ValueError)
