"""What stands on the label of a medical device, in the ways in which the issuing agencies write it."""
