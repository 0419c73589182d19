"""One file per `patrol bench NAME`. May import peers, is never imported."""
