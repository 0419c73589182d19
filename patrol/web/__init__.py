"""The workbench's pages. Thin: every rule of conduct stands in `patrol.actions`."""
