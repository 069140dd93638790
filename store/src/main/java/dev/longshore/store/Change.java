package dev.longshore.store;

import java.util.Optional;

/// One key's step in one revision.
///
/// @param version what it is now, perhaps a tombstone
/// @param before what it was
record Change(Key key, Version version, Optional<Version> before) {}
