"""Which explanations fit what happened, with probabilities and "cannot tell".

Knows: records of a diary or the check, and the facts passed in. Must not know: plans, rendering, evidence files.
"""
