package dev.longshore.docker;

import dev.longshore.builder.cache.CacheForm;

/// A `--cache-to`.
///
/// @param isMax whether steps of stages go along that only files were copied from: `mode=max`
/// @param ignoresErrors whether the build goes on when it fails
record CacheExport(CachePlace place, boolean isMax, CacheForm form, boolean ignoresErrors) {}
