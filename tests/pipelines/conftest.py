from hypothesis import settings

# The first fold of a process builds its table; that one example takes long.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
