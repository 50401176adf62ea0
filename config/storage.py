"""How static files are served: hashed names, also for modules that import each other."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Rewrites `import` in JavaScript modules to the hashed names, so they may be cached for ever."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # modules import each other this deep at most; in a circle never
