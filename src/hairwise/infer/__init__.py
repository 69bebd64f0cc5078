"""Which explanations fit what happened, with probabilities and "cannot tell"."""
