"""An officer and the queue: looking at leads, deciding on them, and being spared."""
