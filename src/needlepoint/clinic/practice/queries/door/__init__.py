"""What every page asks at the door: the session, the text kept, whether the work goes on."""
