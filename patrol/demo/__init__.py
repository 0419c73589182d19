"""The synthetic boards, and the demo's past and present. Everything in here is invented."""
