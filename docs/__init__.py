"""The pages that are generated from the code: settings, metrics, commands, replies."""
