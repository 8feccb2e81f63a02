"""The practice itself: members, hours, texts, the record; and the door through which every page is asked and shown."""
